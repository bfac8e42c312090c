package dev.weft.dsl.lower;

import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values against written types: sizes are bound first, then constants become tensors where one is declared and the rest is checked. */
final class Typing {

    private final Evaluator evaluator;
    private final Sizes sizes;

    Typing(Evaluator evaluator) {
        this.evaluator = evaluator;
        this.sizes = new Sizes(evaluator);
    }

    /** A tensor that is given for a written type. */
    record Given(TypeExpr.Tensor written, TensorType actual, String subject, Span span) {}

    /** All tensors among a value. */
    static List<Given> given(TypeExpr type, Val value, String subject, Span span) {
        List<Given> found = new ArrayList<>();
        collect(type, value, subject, span, found);
        return found;
    }

    private static void collect(TypeExpr type, Val value, String subject, Span span, List<Given> into) {
        if (type instanceof TypeExpr.Tensor written && value instanceof Val.Tensor(Value tensor, String _)) {
            into.add(new Given(written, tensor.type(), subject, span));
        } else if (type instanceof TypeExpr.TupleOf(Span _, List<TypeExpr> types)
                && value instanceof Val.Tuple(List<Val> items)
                && items.size() == types.size()) {
            for (int i = 0; i < items.size(); i++) {
                collect(types.get(i), items.get(i), subject + "." + i, span, into);
            }
        }
    }

    /** Binds call sizes: bare names first, so that products of them can follow in any order. */
    void bind(List<Given> all) {
        all.forEach(given -> sizes.bindNames(given.written(), given.actual(), given.subject(), given.span()));
        all.forEach(given -> sizes.bindFactors(given.written(), given.actual(), given.subject(), given.span()));
    }

    /** The value as one of the type. */
    Val coerce(TypeExpr type, Val value, String subject, Span span) {
        return switch (type) {
            case TypeExpr.Tensor tensor -> tensor(tensor, value, subject, span);
            case TypeExpr.Constant(Span _, ConstantKind kind) -> constant(kind, value, subject, span);
            case TypeExpr.TupleOf(Span _, List<TypeExpr> types) -> tuple(types, value, subject, span);
            case TypeExpr.Like like -> like(like, value, subject, span);
            case TypeExpr.Arguments arguments ->
                throw Refusal.at(arguments.span(), "%s: only an entry has a parameter of type arguments(…)", subject);
        };
    }

    private Val tensor(TypeExpr.Tensor type, Val value, String subject, Span span) {
        if (value instanceof Val.Known known) {
            TensorType wanted = sizes.type(type, subject);
            return new Val.Tensor(Emit.full(evaluator.trace(span), known, wanted, span));
        }
        if (!(value instanceof Val.Tensor(Value tensor, String _))) {
            throw Refusal.at(
                    span, "%s: must be %s (%s), got %s", subject, type.span().text(), type.span(), value.describe());
        }
        sizes.check(type, tensor.type(), subject, span);
        return value;
    }

    static Val constant(ConstantKind kind, Val value, String subject, Span span) {
        boolean fits =
                switch (kind) {
                    case INT -> value instanceof Val.Int;
                    case FLOAT -> value instanceof Val.Int || value instanceof Val.Real;
                    case BOOL -> value instanceof Val.Bool;
                    case MODEL, OPTIMIZER -> value instanceof Val.Part;
                };
        if (!fits) {
            throw Refusal.ofValues(
                    span, "%s: must be %s known while compiling, got %s", subject, a(kind), value.describe());
        }
        return kind == ConstantKind.FLOAT && value instanceof Val.Int(long number) ? new Val.Real(number) : value;
    }

    private static String a(ConstantKind kind) {
        return (kind == ConstantKind.INT || kind == ConstantKind.OPTIMIZER ? "an " : "a ") + kind;
    }

    private Val tuple(List<TypeExpr> types, Val value, String subject, Span span) {
        if (!(value instanceof Val.Tuple(List<Val> items)) || items.size() != types.size()) {
            throw Refusal.at(span, "%s: must be a tuple of %d, got %s", subject, types.size(), value.describe());
        }
        List<Val> coerced = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            coerced.add(coerce(types.get(i), items.get(i), subject + "." + i, span));
        }
        return new Val.Tuple(coerced);
    }

    private Val like(TypeExpr.Like type, Val value, String subject, Span span) {
        if (!(evaluator.eval(type.tree()) instanceof Val.Tree(Map<String, Val> wanted))) {
            throw Refusal.at(type.span(), "%s: must be like a tree of stored tensors", subject);
        }
        if (!(value instanceof Val.Tree(Map<String, Val> got)) || !got.keySet().equals(wanted.keySet())) {
            throw Refusal.at(
                    span, "%s: must be %s (%s), got %s", subject, type.span().text(), type.span(), value.describe());
        }
        Map<String, Val> leaves = new LinkedHashMap<>();
        wanted.forEach((path, leaf) -> {
            TensorType expected = leafType(leaf, span);
            Value tensor = evaluator.tensor(leaf(got, path), span);
            if (!tensor.type().equals(expected)) {
                throw Refusal.at(span, "%s: %s must be %s, got %s", subject, path, expected, tensor.type());
            }
            leaves.put(path, leaf(got, path));
        });
        return new Val.Tree(leaves);
    }

    private static Val leaf(Map<String, Val> leaves, String path) {
        Val leaf = leaves.get(path);
        return leaf == null ? new Val.Nothing() : leaf;
    }

    private TensorType leafType(Val leaf, Span span) {
        return leaf instanceof Val.Place(Leaf stored)
                ? evaluator.type(stored, span)
                : evaluator.tensor(leaf, span).type();
    }
}
