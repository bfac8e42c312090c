package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** x read backwards along the given axes. */
public record Reverse(Value x, List<Integer> axes) implements Movement.Layout {

    public Reverse {
        axes = List.copyOf(axes);
        Checks.increasing("reverse", "axes", axes, x.type().rank());
    }

    @Override
    public TensorType type() {
        return x.type();
    }

    @Override
    public long[] source(long[] index) {
        long[] source = index.clone();
        for (int axis : axes) {
            source[axis] = x.type().size(axis) - 1 - index[axis];
        }
        return source;
    }
}
