package dev.weft.dsl.check;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code grad} and {@code value_and_grad}. */
final class Gradients {
    private final Evaluator here;

    Gradients(Evaluator here) {
        this.here = here;
    }

    Type gradient(Expr.Grad grad) {
        Type function = here.evaluate(grad.function());
        if (function instanceof Type.Gradient || function.isUnknown()) {
            return new Type.Gradient(function, grad.withValue(), grad.wrt());
        }
        return new Calls(here)
                .function(function, grad.function().span())
                .<Type>map(known -> new Type.Gradient(known, grad.withValue(), grad.wrt()))
                .orElse(new Type.Unknown());
    }

    Type call(Type.Gradient gradient, Calls.Given given, Span span) {
        Type result =
                switch (gradient.function()) {
                    case Type.Function function -> new Calls(here).call(function, given, span);
                    case Type.Gradient inner -> call(inner, given, span);
                    default -> new Type.Unknown();
                };
        Type first = result instanceof Type.Tuple tuple && !tuple.items().isEmpty()
                ? tuple.items().getFirst()
                : result;
        boolean differentiable = first.isUnknown()
                || first instanceof Type.Tensor tensor
                        && tensor.isScalar()
                        && tensor.element().isFloat();
        if (!differentiable) {
            here.report(
                    Code.GRADIENT,
                    span,
                    "grad: the first result of the function must be a float scalar, got " + first.describe());
        }
        List<Type> gradients = new ArrayList<>();
        for (Expr wrt : gradient.wrt()) {
            gradients.add(wrt(gradient, wrt, given));
        }
        Type all = gradients.size() == 1 ? gradients.getFirst() : new Type.Tuple(gradients);
        return gradient.withValue() ? new Type.Tuple(List.of(result, all)) : all;
    }

    /** The gradient has the type of what it is with respect to. */
    private Type wrt(Type.Gradient gradient, Expr wrt, Calls.Given given) {
        Optional<Type.Function> innermost = innermost(gradient);
        if (wrt instanceof Expr.Name name) {
            if (innermost.isEmpty()) {
                return new Type.Unknown();
            }
            List<String> parameters = innermost.get().declaration().parameters().stream()
                    .map(Parameter::name)
                    .toList();
            if (parameters.contains(name.text())) {
                return argument(innermost.get(), name, given);
            }
            if (here.lookup(name.text()).filter(Gradients::isStored).isEmpty()) {
                return here.report(Suggestions.addTo(
                        Diagnostic.error(
                                Code.GRADIENT,
                                wrt.span(),
                                "wrt " + name.text() + ": must be a parameter of "
                                        + innermost.get().declaration().label() + " or stored tensors; it takes "
                                        + String.join(", ", parameters)),
                        name.text(),
                        name.span(),
                        parameters));
            }
        }
        Type type = here.evaluate(wrt);
        if (type instanceof Type.Tree tree && !tree.ofStates()) {
            return new Type.Tree(tree.of(), null);
        }
        if (type instanceof Type.Tensor tensor && isStored(type)) {
            return tensor.value();
        }
        return type.isUnknown()
                ? new Type.Unknown()
                : here.report(
                        Code.GRADIENT,
                        wrt.span(),
                        "wrt: expected a parameter of the function or stored tensors such as params(model), got "
                                + type.describe());
    }

    private static boolean isStored(Type type) {
        return type instanceof Type.Tree || type instanceof Type.Tensor tensor && tensor.storage() != null;
    }

    private Type argument(Type.Function function, Expr.Name name, Calls.Given given) {
        List<String> parameters = function.declaration().parameters().stream()
                .map(Parameter::name)
                .toList();
        int position = parameters.indexOf(name.text());
        Calls.Value value = position < given.positional().size()
                ? given.positional().get(position)
                : given.named().get(name.text());
        if (value == null) {
            return new Type.Unknown();
        }
        return switch (value.type()) {
            case Type.Tensor tensor ->
                tensor.element().isFloat()
                        ? tensor.value()
                        : here.report(
                                Code.GRADIENT,
                                name.span(),
                                "wrt " + name.text() + ": must be float, got " + tensor.element());
            case Type.Tree tree -> new Type.Tree(tree.of(), null);
            case Type.Int constant -> declared(function, name.text());
            case Type.Float constant -> declared(function, name.text());
            default -> new Type.Unknown();
        };
    }

    /** A constant that is passed for a scalar has that scalar's gradient. */
    private Type declared(Type.Function function, String name) {
        Evaluator callee =
                new Evaluator(here.checking().silent(), function.module(), function.self(), here.knowledge());
        Map<String, Type> types =
                callee.types().parameters(function.declaration().parameters());
        return types.getOrDefault(name, new Type.Unknown());
    }

    private static Optional<Type.Function> innermost(Type.Gradient gradient) {
        return switch (gradient.function()) {
            case Type.Function function -> Optional.of(function);
            case Type.Gradient inner -> innermost(inner);
            default -> Optional.empty();
        };
    }
}
