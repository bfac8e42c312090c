package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x / y}. Integers round toward −∞; {@code x / 0 = 0} for them. */
public record Div(Value x, Value y) implements Arithmetic {

    public Div {
        Arithmetic.check("div", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x / y;
    }

    @Override
    public long apply(long x, long y) {
        return y == 0 ? 0 : Math.floorDiv(x, y);
    }
}
