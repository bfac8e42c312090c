package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;

/** A comparison of two numbers or two bools; the result is bool. */
public sealed interface Comparison extends Binary permits Eq, Ne, Lt, Le, Gt, Ge {

    static void check(String name, Value x, Value y) {
        Checks.sameType(name, x, y);
    }

    @Override
    default TensorType type() {
        return x().type().withElement(ElementType.BOOL);
    }
}
