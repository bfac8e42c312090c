package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** {@code y = x}, with derivative zero. */
public record StopGradient(Value x) implements Primitive {

    @Override
    public TensorType type() {
        return x.type();
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        return operands.getFirst();
    }
}
