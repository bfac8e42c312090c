package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x ∨ y} on bools. */
public record Or(Value x, Value y) implements Logic {

    public Or {
        Logic.check("or", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x != 0 || y != 0 ? 1 : 0;
    }
}
