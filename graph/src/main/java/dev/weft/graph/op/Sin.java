package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = sin x}, x in radians. */
public record Sin(Value x) implements FloatUnary {

    public Sin {
        FloatUnary.check("sin", x);
    }

    @Override
    public double apply(double x) {
        return StrictMath.sin(x);
    }
}
