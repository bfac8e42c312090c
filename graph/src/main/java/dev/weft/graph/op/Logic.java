package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;

/** Logic on bools. */
public sealed interface Logic extends Binary permits And, Or, Xor {

    static void check(String name, Value x, Value y) {
        Checks.sameType(name, x, y);
        Checks.element(name, "x", x, ElementType.BOOL);
    }
}
