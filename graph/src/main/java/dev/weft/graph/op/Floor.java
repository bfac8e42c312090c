package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = ⌊x⌋}, the largest integer not above x. */
public record Floor(Value x) implements FloatUnary {

    public Floor {
        FloatUnary.check("floor", x);
    }

    @Override
    public double apply(double x) {
        return Math.floor(x);
    }
}
