package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = −1, 0 or 1} by the sign of x; ±0 and NaN stay what they are. */
public record Sign(Value x) implements NumberUnary {

    public Sign {
        NumberUnary.check("sign", x);
    }

    @Override
    public double apply(double x) {
        return Math.signum(x);
    }

    @Override
    public long apply(long x) {
        return Long.signum(x);
    }
}
