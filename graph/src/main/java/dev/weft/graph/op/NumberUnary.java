package dev.weft.graph.op;

import dev.weft.graph.Value;

/** A function of one number, defined on floats and integers; integer results wrap to the type. */
public sealed interface NumberUnary extends Unary permits Neg, Abs, Sign {

    long apply(long x);

    static void check(String name, Value x) {
        Checks.isNumber(name, "x", x);
    }
}
