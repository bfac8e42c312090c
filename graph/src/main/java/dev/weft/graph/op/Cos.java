package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = cos x}, x in radians. */
public record Cos(Value x) implements FloatUnary {

    public Cos {
        FloatUnary.check("cos", x);
    }

    @Override
    public double apply(double x) {
        return StrictMath.cos(x);
    }
}
