package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Cos;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Erf;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Log;
import dev.weft.graph.op.Mod;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.Sin;
import dev.weft.graph.op.Sqrt;
import dev.weft.graph.op.Tanh;

/** What computing one element costs, an addition being 1. */
final class Weight {

    static final int FUNCTION = 16;
    static final int DIVISION = 4;
    static final int RANDOM = 24;

    private Weight() {}

    static int of(Value value) {
        return switch (value.op()) {
            case Exp op -> FUNCTION;
            case Log op -> FUNCTION;
            case Tanh op -> FUNCTION;
            case Erf op -> FUNCTION;
            case Sin op -> FUNCTION;
            case Cos op -> FUNCTION;
            case Pow op -> FUNCTION;
            case Div op -> DIVISION;
            case Mod op -> DIVISION;
            case Sqrt op -> DIVISION;
            case Random op -> RANDOM;
            case Elementwise op -> 1;
            default -> 0;
        };
    }
}
