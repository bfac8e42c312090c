package dev.weft.dsl.check;

import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import java.util.List;
import java.util.Optional;

/** Built-in functions whose values are known while compiling: sizes, ranks, lengths, paths, and what loops go over. */
final class KnownValues {
    private final BuiltinCall call;

    KnownValues(BuiltinCall call) {
        this.call = call;
    }

    Type rank() {
        return call.tensor("x").<Type>map(this::rankOf).orElse(new Type.Unknown());
    }

    Type sizeOf() {
        return call.tensor("x")
                .<Type>flatMap(x -> call.here()
                        .shapes()
                        .axis(x, call.type("axis"), call.at("axis"), "size")
                        .map(axis -> new Type.Int(x.axes().get(axis).size())))
                .orElse(new Type.Unknown());
    }

    private Type rankOf(Type.Tensor tensor) {
        Size known = Size.of(tensor.axes().size());
        return new Type.Int(
                tensor.rest() == null
                        ? known
                        : known.plus(Size.of(new Atom.Opaque("rank of " + tensor.rest(), List.of()))));
    }

    Type path() {
        boolean stored = call.type("w") instanceof Type.Tensor tensor && tensor.storage() != null;
        return stored ? new Type.PathOf(String.valueOf(call.span().start())) : call.wrong("w", "a stored tensor");
    }

    Type knownZero() {
        return switch (call.type("x")) {
            case Type.Int constant -> new Type.Bool(constant.size().equals(Size.ZERO), "zero");
            case Type.Float constant ->
                constant.value() != null
                        ? new Type.Bool(constant.value() == 0, "zero")
                        : new Type.Bool(null, constant.key() + " == 0");
            case Type.Tensor tensor ->
                new Type.Bool(null, "known_zero at " + call.span().start());
            default -> call.wrong("x", "a tensor or a number");
        };
    }

    Type length() {
        return switch (call.type("list")) {
            case Type.Parts parts -> new Type.Int(parts.count());
            case Type.Tuple tuple -> new Type.Int(Size.of(tuple.items().size()));
            default -> call.wrong("list", "a list of parts or a tuple");
        };
    }

    Type range() {
        Optional<Size> from = call.size(call.type("from"), call.at("from"));
        if (from.isEmpty()) {
            return new Type.Unknown();
        }
        if (!call.values().containsKey("to")) {
            return new Type.Range(Size.ZERO, from.get());
        }
        return call.size(call.type("to"), call.at("to"))
                .<Type>map(to -> new Type.Range(from.get(), to))
                .orElse(new Type.Unknown());
    }

    Type zip() {
        if (call.given().positional().isEmpty()) {
            return call.here().report(Code.ARGUMENT_COUNT, call.span(), "zip: has nothing to walk");
        }
        return new Type.Zip(
                call.given().positional().stream().map(Calls.Value::type).toList());
    }

    Type params() {
        return tree(StorageKind.PARAM);
    }

    /** Has other leaves than params of the same instance, and so another name. */
    Type states() {
        return tree(StorageKind.STATE) instanceof Type.Tree tree
                ? new Type.Tree(Type.Tree.STATES + tree.of() + ")", StorageKind.STATE)
                : new Type.Unknown();
    }

    private Type tree(StorageKind kind) {
        return switch (call.type("instance")) {
            case Type.Part part -> new Type.Tree(part.instance().path(), kind);
            case Type.Parts parts -> new Type.Tree(parts.element().path(), kind);
            case Type.Open open -> new Type.Tree(open.path(), kind);
            default -> call.wrong("instance", "a model or a part");
        };
    }
}
