package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = tanh x}. */
public record Tanh(Value x) implements FloatUnary {

    public Tanh {
        FloatUnary.check("tanh", x);
    }

    @Override
    public double apply(double x) {
        return StrictMath.tanh(x);
    }
}
