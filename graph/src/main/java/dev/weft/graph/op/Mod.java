package dev.weft.graph.op;

import dev.weft.graph.Value;

/** {@code z = x − y·⌊x / y⌋}, with the sign of y. For integers {@code x mod 0 = x}. */
public record Mod(Value x, Value y) implements Arithmetic {

    public Mod {
        Arithmetic.check("mod", x, y);
    }

    @Override
    public double apply(double x, double y) {
        return x - y * Math.floor(x / y);
    }

    @Override
    public long apply(long x, long y) {
        return y == 0 ? x : Math.floorMod(x, y);
    }
}
