package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = (x ≠ y)}, a bool; true if either is NaN. */
public record Ne(Value x, Value y) implements Comparison {

    public Ne {
        Comparison.check("ne", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x != y ? 1 : 0;
    }
}
