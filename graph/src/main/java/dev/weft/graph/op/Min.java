package dev.weft.graph.op;

import dev.weft.graph.Value;

/** The smaller of x and y; NaN if either is, and {@code −0 < +0}. */
public record Min(Value x, Value y) implements Arithmetic {

    public Min {
        Arithmetic.check("min", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return Math.min(x, y);
    }

    @Override
    public long apply(long x, long y) {
        return Math.min(x, y);
    }
}
