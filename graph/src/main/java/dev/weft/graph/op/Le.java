package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = (x ≤ y)}, a bool; false if either is NaN. */
public record Le(Value x, Value y) implements Comparison {

    public Le {
        Comparison.check("le", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x <= y ? 1 : 0;
    }
}
