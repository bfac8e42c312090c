package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * {@code y[i] = x[i]} as another element type. To a float: rounded to nearest even. From a float to an integer: toward zero,
 * saturating, NaN to 0. From an integer to an integer: wraps. To bool: {@code x ≠ 0}.
 */
public record Cast(Value x, ElementType element) implements Elementwise {

    @Override
    public TensorType type() {
        return x.type().withElement(element);
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor x = operands.getFirst();
        Tensor y = Tensor.zeros(type());
        for (int i = 0; i < y.size(); i++) {
            y.set(i, cast(x.get(i)));
        }
        return y;
    }

    private double cast(double value) {
        if (element == ElementType.BOOL) {
            return value != 0 ? 1 : 0;
        }
        if (element.isInteger() && x.type().element().isFloat()) {
            return saturate(value);
        }
        return element.isInteger() ? element.round(value) : value;
    }

    private double saturate(double value) {
        return switch (element) {
            case I64 -> (double) (long) value;
            case I32 -> (int) value;
            case I8 -> Math.clamp((long) value, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case U8 -> Math.clamp((long) value, 0, 255);
            case F64, F32, F16, BF16, BOOL -> value;
        };
    }
}
