package dev.weft.graph.op;

import dev.weft.graph.Value;

/** The larger of x and y; NaN if either is, and {@code +0 > −0}. */
public record Max(Value x, Value y) implements Arithmetic {

    public Max {
        Arithmetic.check("max", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return Math.max(x, y);
    }

    @Override
    public long apply(long x, long y) {
        return Math.max(x, y);
    }
}
