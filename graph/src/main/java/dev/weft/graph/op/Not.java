package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;

/** {@code y = ¬x} on bools. */
public record Not(Value x) implements Unary {

    public Not {
        Checks.element("not", "x", x, ElementType.BOOL);
    }

    @Override
    public double apply(double x) {
        return x == 0 ? 1 : 0;
    }
}
