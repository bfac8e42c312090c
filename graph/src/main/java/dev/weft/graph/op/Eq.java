package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = (x = y)}, a bool; false if either is NaN. */
public record Eq(Value x, Value y) implements Comparison {

    public Eq {
        Comparison.check("eq", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x == y ? 1 : 0;
    }
}
