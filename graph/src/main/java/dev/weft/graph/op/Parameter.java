package dev.weft.graph.op;

import dev.weft.graph.DefectException;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** The graph's parameter number {@code index}. Its value is given with the call. */
public record Parameter(int index, String name, TensorType type) implements Primitive {

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        throw new DefectException("parameter %d (%s): has no value of its own".formatted(index, name));
    }
}
