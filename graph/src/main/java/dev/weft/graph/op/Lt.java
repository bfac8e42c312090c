package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = (x < y)}, a bool; false if either is NaN. */
public record Lt(Value x, Value y) implements Comparison {

    public Lt {
        Comparison.check("lt", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x < y ? 1 : 0;
    }
}
