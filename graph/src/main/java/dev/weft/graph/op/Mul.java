package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x · y}. Integers wrap. */
public record Mul(Value x, Value y) implements Arithmetic {

    public Mul {
        Arithmetic.check("mul", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x * y;
    }

    @Override
    public long apply(long x, long y) {
        return x * y;
    }
}
