package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = (x ≥ y)}, a bool; false if either is NaN. */
public record Ge(Value x, Value y) implements Comparison {

    public Ge {
        Comparison.check("ge", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x >= y ? 1 : 0;
    }
}
