package dev.weft.graph.op;

import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** The index along an axis: {@code y[i] = i[axis]}. */
public record Iota(Shape shape, int axis, ElementType element) implements Primitive {

    public Iota {
        Checks.axis("iota", axis, shape.rank());
        Checks.require(element.isNumber(), "iota", "element type must be a number, got %s", element);
    }

    @Override
    public TensorType type() {
        return new TensorType(element, shape);
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor y = Tensor.zeros(type());
        y.forEachIndex((i, index) -> y.set(i, index[axis]));
        return y;
    }
}
