package dev.weft.graph.nest;

import dev.weft.graph.Value;
import java.util.List;

/**
 * Rows of a large matrix that are computed a panel at a time, the panel lying in a thread's scratch memory.
 *
 * @param outer sizes of the loops, the last of which are the rows
 * @param columns of each row
 * @param rows most rows of a panel
 * @param given values whose elements are in the panel's memory before
 * @param wanted values whose elements must be there afterwards
 */
public record Panels(List<Long> outer, long columns, long rows, List<Value> given, List<Value> wanted) {

    public Panels {
        outer = List.copyOf(outer);
        given = List.copyOf(given);
        wanted = List.copyOf(wanted);
    }

    /** How many panels a pass over all rows has. */
    public int count() {
        return Math.toIntExact(Math.ceilDiv(outer.getLast(), rows));
    }

    /** Elements from row to row: neighbours are kept from falling into one set of the cache. */
    public long stride() {
        return Math.ceilDiv(columns, 16) * 16 + 16;
    }
}
