package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code y = 2/√π ∫₀ˣ e^(−t²) dt}. */
public record Erf(Value x) implements FloatUnary {

    public Erf {
        FloatUnary.check("erf", x);
    }

    @Override
    public double apply(double x) {
        return ErrorFunction.erf(x);
    }
}
