package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** Axes in another order: result axis i is axis {@code axes[i]} of x. */
public record Permute(Value x, List<Integer> axes) implements Movement.Layout {

    public Permute {
        axes = List.copyOf(axes);
        int rank = x.type().rank();
        Checks.count("permute", "axes", axes.size(), rank);
        Checks.require(
                axes.stream()
                                .distinct()
                                .filter(axis -> axis >= 0 && axis < rank)
                                .count()
                        == rank,
                "permute",
                "axes must be a permutation of 0..%s, got %s",
                rank - 1,
                axes);
    }

    @Override
    public TensorType type() {
        Shape from = x.type().shape();
        return x.type().withShape(new Shape(axes.stream().map(from::dim).toList()));
    }

    @Override
    public long[] source(long[] index) {
        long[] source = new long[index.length];
        for (int axis = 0; axis < index.length; axis++) {
            source[axes.get(axis)] = index[axis];
        }
        return source;
    }
}
