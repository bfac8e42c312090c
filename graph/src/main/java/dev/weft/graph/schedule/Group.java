package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.Table;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A region in the making: the roots it computes, and the size of its iteration space. */
final class Group {

    /** What it is; a map becomes a stream when products join it. */
    Region.Kind kind;

    final Set<Value> members = new LinkedHashSet<>();

    /** Elements of a full value. */
    long full;

    /** Elements of a row; 0 while no reduction has said where rows begin. */
    long row;

    /** Holds one value for good: a strided reduction, a table op, or no element at all. */
    final boolean alone;

    /** The roots it reads; null when that has to be found again. */
    @Nullable
    Set<Value> inputs;

    /** Place in the order of groups. */
    int position;

    Group(Value value) {
        members.add(value);
        kind = value.op() instanceof DotGeneral
                ? Region.Kind.CONTRACT
                : isMap(value) ? Region.Kind.MAP : Region.Kind.TABLE;
        full = value.type().shape().elements();
        boolean strided = false;
        if (value.op() instanceof Reduction reduction) {
            full = ReductionClass.operand(reduction).elements();
            long depth = ReductionClass.depth(reduction);
            switch (ReductionClass.of(reduction)) {
                case ROW -> row = depth;
                case COLUMN -> row = full / depth;
                case FULL -> row = 0;
                case STRIDED -> strided = true;
            }
        }
        alone = strided || full == 0 || kind == Region.Kind.TABLE;
    }

    private static boolean isMap(Value value) {
        return switch (value.op()) {
            case Table op -> false;
            case CumulativeSum op -> false;
            default -> true;
        };
    }

    boolean isOpenMap() {
        return kind == Region.Kind.MAP && !alone;
    }

    /** Whether a value of this many elements has one per row and not one per point. */
    boolean isRowSized(long elements) {
        return elements != full && row > 0 && elements == full / row;
    }
}
