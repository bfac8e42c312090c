package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = −x}. Integers wrap. */
public record Neg(Value x) implements NumberUnary {

    public Neg {
        NumberUnary.check("neg", x);
    }

    @Override
    public double apply(double x) {
        return -x;
    }

    @Override
    public long apply(long x) {
        return -x;
    }
}
