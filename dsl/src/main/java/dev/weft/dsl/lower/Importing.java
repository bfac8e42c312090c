package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arguments of a caller as parameters of a function in progress; known scalars come along as constants. */
final class Importing {

    private final Trace trace;
    private final Sizes sizes;
    private int count;

    Importing(Trace trace, Sizes sizes) {
        this.trace = trace;
        this.sizes = sizes;
    }

    /** How many parameters were made. */
    int count() {
        return count;
    }

    /** The value in the function's own terms. Sizes get the names that its signature gives them. */
    Val take(String name, TypeExpr type, Val value) {
        return switch (value) {
            case Val.Tensor(Value tensor, String _)
            when tensor.op() instanceof Constant constant -> new Val.Tensor(trace.add(constant));
            case Val.Tensor(Value tensor, String path) -> {
                count++;
                TensorType labelled =
                        type instanceof TypeExpr.Tensor written ? sizes.type(written, name) : tensor.type();
                yield new Val.Tensor(trace.builder().parameter(name, labelled), path);
            }
            case Val.Tuple(List<Val> items) -> {
                List<Val> taken = new ArrayList<>();
                for (int i = 0; i < items.size(); i++) {
                    TypeExpr part =
                            type instanceof TypeExpr.TupleOf(Span _, List<TypeExpr> types) ? types.get(i) : type;
                    taken.add(take(name + "." + i, part, items.get(i)));
                }
                yield new Val.Tuple(taken);
            }
            case Val.Tree(Map<String, Val> leaves) -> {
                Map<String, Val> taken = new LinkedHashMap<>();
                leaves.forEach((path, leaf) -> taken.put(path, take(name + "." + path, type, leaf)));
                yield new Val.Tree(taken);
            }
            default -> value;
        };
    }

    /** The tensors that {@link #take} makes parameters of, in the same order. */
    static void flatten(Val value, List<Value> into) {
        switch (value) {
            case Val.Tensor(Value tensor, String _) -> {
                if (!(tensor.op() instanceof Constant)) {
                    into.add(tensor);
                }
            }
            case Val.Tuple(List<Val> items) -> items.forEach(item -> flatten(item, into));
            case Val.Tree(Map<String, Val> leaves) -> leaves.values().forEach(leaf -> flatten(leaf, into));
            default -> {}
        }
    }
}
