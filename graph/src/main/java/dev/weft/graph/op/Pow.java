package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = xʸ} on floats, with the special cases of IEEE 754 ({@code pow(x, 0) = 1}, NaN for a negative base and a fractional y). */
public record Pow(Value x, Value y) implements Binary {

    public Pow {
        Checks.sameType("pow", x, y);
        Checks.isFloat("pow", "x", x);
    }

    @Override
    public double apply(double x, double y) {
        return x == 1 ? 1 : (x == -1 && Double.isInfinite(y)) ? 1 : StrictMath.pow(x, y);
    }
}
