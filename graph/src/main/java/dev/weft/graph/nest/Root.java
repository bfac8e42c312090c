package dev.weft.graph.nest;

import dev.weft.graph.Value;

/**
 * Something that a nest must produce.
 *
 * @param kind where and how it is produced
 * @param value what is stored, or the reduction
 * @param source what is read: {@code value} itself for stores, the operand of a reduction
 * @param target where a store goes, as a row-major position
 * @param stage the pass over the row in which it is produced; for row values, the pass before which
 */
public record Root(Kind kind, Value value, Node source, Index target, int stage) {

    public enum Kind {
        /** Stores one element at each point. */
        STORE_POINT,
        /** Stores one element for each row. */
        STORE_ROW,
        /** Reduces each row to a register. */
        REDUCE_ROW,
        /** Reduces all rows of a unit into a partial row. */
        REDUCE_COLUMN,
        /** Reduces all points of a unit into one partial. */
        REDUCE_POINTS,
        /** Reduces one element for each row of a unit into one partial. */
        REDUCE_ROWS;

        /** Whether each unit leaves a result of its own, which another kernel combines. */
        public boolean isPartial() {
            return switch (this) {
                case REDUCE_COLUMN, REDUCE_POINTS, REDUCE_ROWS -> true;
                case STORE_POINT, STORE_ROW, REDUCE_ROW -> false;
            };
        }

        /** Whether it is done once a row, before its points, and not at each point. */
        public boolean isPerRow() {
            return switch (this) {
                case STORE_ROW, REDUCE_ROWS -> true;
                case STORE_POINT, REDUCE_ROW, REDUCE_COLUMN, REDUCE_POINTS -> false;
            };
        }
    }
}
