package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * x repeated along new axes: axis i of x becomes axis {@code axes[i]} of the result, of equal size; all other axes of the result
 * are repetition. Axes increase.
 */
public record Broadcast(Value x, Shape shape, List<Integer> axes) implements Movement.Layout {

    public Broadcast {
        axes = List.copyOf(axes);
        Checks.count("broadcast", "axes", axes.size(), x.type().rank());
        Checks.increasing("broadcast", "axes", axes, shape.rank());
        for (int axis = 0; axis < axes.size(); axis++) {
            Checks.require(
                    x.type().size(axis) == shape.size(axes.get(axis)),
                    "broadcast",
                    "axis %s of %s must equal axis %s of %s",
                    axis,
                    x.type(),
                    axes.get(axis),
                    shape);
        }
    }

    @Override
    public TensorType type() {
        return x.type().withShape(shape);
    }

    @Override
    public long[] source(long[] index) {
        long[] source = new long[axes.size()];
        for (int axis = 0; axis < source.length; axis++) {
            source[axis] = index[axes.get(axis)];
        }
        return source;
    }
}
