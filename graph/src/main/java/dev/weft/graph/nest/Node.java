package dev.weft.graph.nest;

import dev.weft.graph.Value;
import java.util.List;

/**
 * A value asked for at one symbolic position. Nodes are shared: the same value at the same position is the same node.
 *
 * @param kind what emission does
 * @param position row-major position in the value
 * @param index the index at that position, where emission needs it: iota, pad, concat
 * @param operands what must be emitted first
 * @param varies whether it differs from position to position of a row
 */
public record Node(Kind kind, Value value, Index position, List<Index> index, List<Node> operands, boolean varies) {

    public enum Kind {
        /** Read from memory. */
        LOAD,
        /** The result of a reduction over the row, in a register. */
        RESULT,
        /** Computed from the operands by the value's op. */
        COMPUTE
    }

    public Node {
        index = List.copyOf(index);
        operands = List.copyOf(operands);
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
