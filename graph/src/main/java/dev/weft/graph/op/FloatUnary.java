package dev.weft.graph.op;

import dev.weft.graph.Value;

/** A function of one float. */
public sealed interface FloatUnary extends Unary permits Exp, Log, Sqrt, Tanh, Erf, Sin, Cos, Floor, Round {

    static void check(String name, Value x) {
        Checks.isFloat(name, "x", x);
    }
}
