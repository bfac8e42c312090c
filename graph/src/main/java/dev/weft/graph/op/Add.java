package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x + y}. Integers wrap. */
public record Add(Value x, Value y) implements Arithmetic {

    public Add {
        Arithmetic.check("add", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x + y;
    }

    @Override
    public long apply(long x, long y) {
        return x + y;
    }
}
