package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x − y}. Integers wrap. */
public record Sub(Value x, Value y) implements Arithmetic {

    public Sub {
        Arithmetic.check("sub", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x - y;
    }

    @Override
    public long apply(long x, long y) {
        return x - y;
    }
}
