package dev.weft.backend.cpu.kernel;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sub;

/**
 * Whether the zeros of a value come from a choice of minus infinity, as in the weights of attention: what such a zero is multiplied by
 * is hidden, and need not be read. A NaN or an infinity at a hidden place stays there.
 */
final class HiddenTerms {
    private HiddenTerms() {}

    /** {@code exp(… select(_, _, -inf) …)}, divided or scaled. */
    static boolean areZero(Value value) {
        return switch (value.op()) {
            case Div op -> areZero(op.x());
            case Mul op -> areZero(op.x()) || areZero(op.y());
            case Cast op -> areZero(op.x());
            case Movement.Layout op -> areZero(op.x());
            case Exp op -> areMinusInfinity(op.x());
            default -> false;
        };
    }

    private static boolean areMinusInfinity(Value value) {
        return switch (value.op()) {
            case Select op -> isMinusInfinity(op.x()) || isMinusInfinity(op.y());
            case Sub op -> areMinusInfinity(op.x());
            case Cast op -> areMinusInfinity(op.x());
            case Movement.Layout op -> areMinusInfinity(op.x());
            default -> false;
        };
    }

    private static boolean isMinusInfinity(Value value) {
        return switch (value.op()) {
            case Constant op -> op.value() == Double.NEGATIVE_INFINITY;
            case Broadcast op -> isMinusInfinity(op.x());
            case Reshape op -> isMinusInfinity(op.x());
            default -> false;
        };
    }
}
