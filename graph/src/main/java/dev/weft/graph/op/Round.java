package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y} = the integer nearest to x, halves to the even one. */
public record Round(Value x) implements FloatUnary {

    public Round {
        FloatUnary.check("round", x);
    }

    @Override
    public double apply(double x) {
        return Math.rint(x);
    }
}
