package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = eˣ}. */
public record Exp(Value x) implements FloatUnary {

    public Exp {
        FloatUnary.check("exp", x);
    }

    @Override
    public double apply(double x) {
        return StrictMath.exp(x);
    }
}
