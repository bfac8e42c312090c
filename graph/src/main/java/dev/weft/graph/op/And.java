package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x ∧ y} on bools. */
public record And(Value x, Value y) implements Logic {

    public And {
        Logic.check("and", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x != 0 && y != 0 ? 1 : 0;
    }
}
