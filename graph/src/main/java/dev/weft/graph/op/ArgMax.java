package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** The i32 index of the largest element along an axis, which disappears. The first of equals; the first NaN if there is one. */
public record ArgMax(Value x, int axis) implements Reduction {

    public ArgMax {
        Checks.isNumber("arg_max", "x", x);
        Checks.axis("arg_max", axis, x.type().rank());
        Checks.require(x.type().size(axis) > 0, "arg_max", "axis %s must not be empty, got %s", axis, x.type());
    }

    @Override
    public TensorType type() {
        return new TensorType(ElementType.I32, x.type().shape().without(List.of(axis)));
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor x = operands.getFirst();
        Tensor y = Tensor.zeros(type());
        long stride = x.type().shape().strides()[axis];
        long size = x.type().size(axis);
        for (int i = 0; i < y.size(); i++) {
            long start = i / stride * stride * size + i % stride;
            int best = 0;
            for (int k = 1; k < size; k++) {
                double value = x.get((int) (start + k * stride));
                double most = x.get((int) (start + best * stride));
                if (value > most || (Double.isNaN(value) && !Double.isNaN(most))) {
                    best = k;
                }
            }
            y.set(i, best);
        }
        return y;
    }
}
