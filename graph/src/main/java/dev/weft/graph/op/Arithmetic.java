package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import java.util.List;

/** Arithmetic on floats and integers; integer results wrap to the type. */
public sealed interface Arithmetic extends Binary permits Add, Sub, Mul, Div, Mod, Max, Min {

    long apply(long x, long y);

    static void check(String name, Value x, Value y) {
        Checks.sameType(name, x, y);
        Checks.isNumber(name, "x", x);
    }

    @Override
    default Tensor evaluate(List<Tensor> operands) {
        if (type().element().isFloat()) {
            return Binary.super.evaluate(operands);
        }
        Tensor x = operands.get(0);
        Tensor y = operands.get(1);
        Tensor z = Tensor.zeros(type());
        for (int i = 0; i < z.size(); i++) {
            z.setLong(i, apply((long) x.get(i), (long) y.get(i)));
        }
        return z;
    }
}
