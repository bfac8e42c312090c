package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Constant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What rules ask of an operand. */
final class Match {

    private Match() {}

    /** The number that stands in every element of {@code value}; null unless it is a constant or a broadcast one. */
    static @Nullable Double constant(Value value) {
        return switch (value.op()) {
            case Constant constant -> constant.value();
            case Broadcast broadcast when broadcast.x().op() instanceof Constant constant -> constant.value();
            default -> null;
        };
    }

    /** Whether this number stands in every element; tells −0.0 from 0.0. */
    static boolean is(Value value, double number) {
        Double constant = constant(value);
        return constant != null && Double.compare(constant, number) == 0;
    }

    /** Whether {@code value} is a scalar, or a broadcast one. */
    static boolean isUniform(Value value) {
        return value.type().rank() == 0
                || (value.op() instanceof Broadcast broadcast
                        && broadcast.x().type().rank() == 0);
    }

    /** Numbers from 0 to below {@code count}. */
    static List<Integer> range(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
