package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** {@code y[…, i, …] = Σ_{k ≤ i} x[…, k, …]} along an axis. */
public record CumulativeSum(Value x, int axis) implements Primitive {

    public CumulativeSum {
        Checks.isNumber("cumulative_sum", "x", x);
        Checks.axis("cumulative_sum", axis, x.type().rank());
    }

    @Override
    public TensorType type() {
        return x.type();
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor y = operands.getFirst().copy();
        int stride = (int) y.type().shape().strides()[axis];
        y.forEachIndex((i, index) -> {
            if (index[axis] > 0) {
                y.set(i, y.get(i) + y.get(i - stride));
            }
        });
        return y;
    }
}
