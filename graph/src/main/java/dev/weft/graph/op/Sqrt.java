package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = √x}; NaN below 0. */
public record Sqrt(Value x) implements FloatUnary {

    public Sqrt {
        FloatUnary.check("sqrt", x);
    }

    @Override
    public double apply(double x) {
        return Math.sqrt(x);
    }
}
