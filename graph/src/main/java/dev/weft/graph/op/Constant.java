package dev.weft.graph.op;

import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** A scalar known at compile time, rounded to its type. Larger constants are broadcast from it. */
public record Constant(ElementType element, double value) implements Primitive {

    public Constant {
        value = element.round(value);
    }

    @Override
    public TensorType type() {
        return TensorType.scalar(element);
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor y = Tensor.zeros(type());
        y.fill(value);
        return y;
    }
}
