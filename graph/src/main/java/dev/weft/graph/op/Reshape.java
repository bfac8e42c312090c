package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;

/** The same elements in row-major order under another shape with as many elements. */
public record Reshape(Value x, Shape shape) implements Movement.Layout {

    public Reshape {
        Checks.require(
                x.type().shape().elements() == shape.elements(),
                "reshape",
                "both shapes must have as many elements, got %s and %s",
                x.type(),
                shape);
    }

    @Override
    public TensorType type() {
        return x.type().withShape(shape);
    }

    @Override
    public long[] source(long[] index) {
        long offset = 0;
        for (int axis = 0; axis < index.length; axis++) {
            offset = offset * shape.size(axis) + index[axis];
        }
        Shape from = x.type().shape();
        long[] source = new long[from.rank()];
        for (int axis = from.rank() - 1; axis >= 0; axis--) {
            source[axis] = offset % from.size(axis);
            offset /= from.size(axis);
        }
        return source;
    }
}
