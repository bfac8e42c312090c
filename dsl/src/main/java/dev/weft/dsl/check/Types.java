package dev.weft.dsl.check;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** From types as they are written to types. */
final class Types {
    private final Evaluator here;

    Types(Evaluator here) {
        this.here = here;
    }

    /**
     * @param introduces whether a name that is no constant in scope becomes a call size
     */
    Type declared(TypeExpr type, boolean introduces) {
        return switch (type) {
            case TypeExpr.Tensor tensor -> tensor(tensor, introduces);
            case TypeExpr.Constant constant -> new Type.Unknown();
            case TypeExpr.TupleOf tuple ->
                new Type.Tuple(tuple.items().stream()
                        .map(item -> declared(item, introduces))
                        .toList());
            case TypeExpr.Like like -> like(like);
            case TypeExpr.Arguments arguments -> arguments(arguments);
        };
    }

    private Type tensor(TypeExpr.Tensor tensor, boolean introduces) {
        List<Type.Axis> axes = new ArrayList<>();
        @Nullable String rest = null;
        if (tensor.rest()) {
            Type.@Nullable Tensor leading = here.leading();
            if (leading == null) {
                return here.report(
                        Code.RANK_MISMATCH,
                        tensor.span(),
                        "...: stands only in the parameters of a function and its result");
            }
            rest = leading.rest();
            axes.addAll(leading.axes());
        }
        for (Expr size : tensor.sizes()) {
            if (introduces && size instanceof Expr.Name name && !isInt(name.text())) {
                here.locals().put(name.text(), new Type.Int(Size.symbol(name.text())));
            }
            Type value = here.evaluate(size);
            switch (value) {
                case Type.Int constant -> axes.add(new Type.Axis(constant.size(), size.span()));
                case Type.Unknown unknown -> {
                    return unknown;
                }
                case Type.Open open -> {
                    return new Type.Unknown();
                }
                default -> {
                    return here.report(
                            Code.WRONG_KIND, size.span(), "size: must be an int constant, got " + value.describe());
                }
            }
        }
        return Type.Tensor.of(tensor.element(), tensor.span(), rest, axes);
    }

    private boolean isInt(String name) {
        return here.lookup(name).filter(Type.Int.class::isInstance).isPresent();
    }

    private Type like(TypeExpr.Like like) {
        Type tree = here.evaluate(like.tree());
        return switch (tree) {
            case Type.Tree known -> new Type.Tree(known.of(), null);
            case Type.Unknown unknown -> unknown;
            case Type.Open open -> open;
            default ->
                here.report(
                        Code.WRONG_KIND,
                        like.span(),
                        "like: expected a tree such as params(model), got " + tree.describe());
        };
    }

    private Type arguments(TypeExpr.Arguments arguments) {
        Type function = here.evaluate(arguments.function());
        if (function.isUnknown()) {
            return new Type.Unknown();
        }
        if (!(function instanceof Type.Function known)) {
            return here.report(
                    Code.WRONG_KIND, arguments.span(), "arguments: expected a function, got " + function.describe());
        }
        Evaluator callee = new Evaluator(here.checking().silent(), known.module(), known.self(), here.knowledge());
        SequencedMap<String, Type> items = new LinkedHashMap<>();
        Map<String, Type> types = callee.types().parameters(known.declaration().parameters());
        for (Parameter parameter : known.declaration().parameters()) {
            if (!(parameter.type() instanceof TypeExpr.Constant)) {
                items.put(parameter.name(), types.getOrDefault(parameter.name(), new Type.Unknown()));
            }
        }
        for (Expr constraint : known.declaration().constraints()) {
            here.learn(callee.conditions().read(constraint), true);
        }
        return new Type.Bundle(items);
    }

    /** The types of a function's parameters seen from its own body; its call sizes and constants become locals. */
    Map<String, Type> parameters(List<Parameter> parameters) {
        here.leading(Type.Tensor.leading("...", List.of()));
        Map<String, Type> types = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            if (parameter.type() instanceof TypeExpr.Constant constant) {
                types.put(parameter.name(), constantParameter(constant, parameter.name()));
            }
        }
        here.locals().putAll(types);
        for (Parameter parameter : parameters) {
            introduce(parameter.type());
        }
        for (Parameter parameter : parameters) {
            if (!types.containsKey(parameter.name()) && here.locals().containsKey(parameter.name())) {
                here.report(
                        Code.DUPLICATE_NAME,
                        parameter.span(),
                        "name " + parameter.name() + ": is a parameter and also a call size in a type");
            }
        }
        for (Parameter parameter : parameters) {
            if (!(parameter.type() instanceof TypeExpr.Constant)) {
                types.put(parameter.name(), declared(parameter.type(), true));
            }
        }
        here.locals().putAll(types);
        return types;
    }

    /** Bare names become call sizes first, so that `f32[2 * n], f32[n]` may come in either order. */
    private void introduce(TypeExpr type) {
        switch (type) {
            case TypeExpr.Tensor tensor -> {
                for (Expr size : tensor.sizes()) {
                    if (size instanceof Expr.Name name && !isInt(name.text())) {
                        here.locals().put(name.text(), new Type.Int(Size.symbol(name.text())));
                    }
                }
            }
            case TypeExpr.TupleOf tuple -> tuple.items().forEach(this::introduce);
            case TypeExpr.Constant constant -> {}
            case TypeExpr.Like like -> {}
            case TypeExpr.Arguments arguments -> {}
        }
    }

    private Type constantParameter(TypeExpr.Constant constant, String name) {
        return switch (constant.kind()) {
            // Scope 1: a parameter may have the name of a constant around it, and is another number.
            case INT -> new Type.Int(Size.of(new Atom.Symbol(name, 1)));
            case FLOAT -> new Type.Float(null, "1:" + name);
            case BOOL -> new Type.Bool(null, "1:" + name);
            case MODEL, OPTIMIZER -> new Type.Open(name);
        };
    }

    /**
     * Whether a value can stand where a type is declared: equal sizes, nothing stretches, but a number may be a scalar.
     *
     * @param subject what it is for: {@code argument x}, {@code result}
     */
    boolean conforms(Type actual, Type expected, Span span, String subject, Code code) {
        if (actual.isUnknown() || expected.isUnknown()) {
            return true;
        }
        Optional<String> wrong =
                switch (expected) {
                    case Type.Tensor tensor -> {
                        if (actual instanceof Type.Tensor given) {
                            yield sameTensor(given, tensor, span, subject);
                        }
                        if (actual.isConstant() && tensor.isScalar()) {
                            yield Operators.adopts(actual, tensor.element())
                                    ? Optional.empty()
                                    : Optional.of(tensor.element() + " constant");
                        }
                        yield Optional.of("a tensor " + Describe.tensor(tensor, here.facts()));
                    }
                    case Type.Tuple tuple -> {
                        if (!(actual instanceof Type.Tuple given)
                                || given.items().size() != tuple.items().size()) {
                            yield Optional.of("a tuple of " + tuple.items().size());
                        }
                        for (int i = 0; i < tuple.items().size(); i++) {
                            Type item = tuple.items().get(i);
                            conforms(given.items().get(i), item, span, subject + ", element " + (i + 1), code);
                        }
                        yield Optional.empty();
                    }
                    case Type.Tree tree ->
                        actual instanceof Type.Tree given && given.of().equals(tree.of())
                                ? Optional.empty()
                                : Optional.of("a tree like params(" + tree.of() + ")");
                    case Type.Bundle bundle ->
                        actual instanceof Type.Bundle ? Optional.empty() : Optional.of("arguments");
                    case Type.Nothing nothing ->
                        actual instanceof Type.Nothing ? Optional.empty() : Optional.of("nothing");
                    default -> Optional.empty();
                };
        wrong.ifPresent(wanted -> {
            Diagnostic diagnostic =
                    Diagnostic.error(code, span, subject + ": expected " + wanted + ", got " + actual.describe());
            Span declared = expected instanceof Type.Tensor tensor ? tensor.origin() : null;
            here.report(declared == null ? diagnostic : diagnostic.note(declared, "declared here"));
        });
        return wrong.isEmpty();
    }

    /** Empty where they agree or where a size that does not is reported already. */
    private Optional<String> sameTensor(Type.Tensor actual, Type.Tensor expected, Span span, String subject) {
        if (actual.element() != expected.element()) {
            here.elements(
                    span, subject + ": must be " + expected.element() + ", got " + actual.element(), expected, actual);
            return Optional.empty();
        }
        boolean sameAxes =
                actual.axes().size() == expected.axes().size() && Objects.equals(actual.rest(), expected.rest());
        if (!sameAxes) {
            return Optional.of("a tensor " + Describe.tensor(expected, here.facts()));
        }
        for (int i = 0; i < actual.axes().size(); i++) {
            here.shapes().equal(actual.axes().get(i), expected.axes().get(i), span, subject + ", axis " + i);
        }
        return Optional.empty();
    }
}
