package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = |x|}. The smallest integer is its own absolute value. */
public record Abs(Value x) implements NumberUnary {

    public Abs {
        NumberUnary.check("abs", x);
    }

    @Override
    public double apply(double x) {
        return Math.abs(x);
    }

    @Override
    public long apply(long x) {
        return Math.abs(x);
    }
}
