package dev.weft.graph.schedule;

import dev.weft.graph.op.ArgMax;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.Shape;
import java.util.List;

/** How a reduction lies in an iteration space. Axes of size 1 do not count. */
public enum ReductionClass {
    /** Over the trailing axes: one result per row, ready when the row has been read; may be used again in the region. */
    ROW,
    /**
     * Over the leading axes: one result per position in the row, ready when all rows have been read. Always an output and never used
     * in its region; by a fixed number of partials combined in a fixed order.
     */
    COLUMN,
    /** Over all axes, of a full value or of a row value: one result, by partials as for {@link #COLUMN}. */
    FULL,
    /**
     * Over axes in the middle, or of no elements, or an arg_max over leading axes: alone in its region, whose space is (kept axes | reduced axes). Only movement and
     * arithmetic on constants and scalars stand before it; the operand is read at the index that interleaves both parts.
     */
    STRIDED;

    /** The class that the axes of {@code reduction} give. */
    public static ReductionClass of(Reduction reduction) {
        Shape shape = operand(reduction);
        List<Integer> reduced = axes(reduction);
        if (shape.elements() == 0) {
            return STRIDED;
        }
        if (reduced.size() == shape.rank()) {
            return FULL;
        }
        boolean keptSeen = false;
        boolean reducedSeen = false;
        boolean trailing = true;
        boolean leading = true;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            if (shape.size(axis) != 1) {
                boolean in = reduced.contains(axis);
                trailing &= !in || !keptSeen;
                leading &= in || !reducedSeen;
                keptSeen |= !in;
                reducedSeen |= in;
            }
        }
        // Where the largest is has no partials to combine.
        return trailing ? ROW : leading && reduction instanceof Reduction.Fold ? COLUMN : STRIDED;
    }

    /** The axes that disappear. */
    public static List<Integer> axes(Reduction reduction) {
        return switch (reduction) {
            case Reduction.Fold fold -> fold.axes();
            case ArgMax argMax -> List.of(argMax.axis());
        };
    }

    static Shape operand(Reduction reduction) {
        return reduction.operands().getFirst().type().shape();
    }

    /** Number of elements that become one. */
    static long depth(Reduction reduction) {
        Shape shape = operand(reduction);
        return axes(reduction).stream().mapToLong(shape::size).reduce(1, Math::multiplyExact);
    }
}
