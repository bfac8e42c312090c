package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = ln x}; NaN below 0, −∞ at 0. */
public record Log(Value x) implements FloatUnary {

    public Log {
        FloatUnary.check("log", x);
    }

    @Override
    public double apply(double x) {
        return StrictMath.log(x);
    }
}
