package dev.weft.backend.cpu.codegen;

import dev.weft.backend.cpu.codegen.PanelKernel.Range;
import dev.weft.graph.nest.ColumnConditions;
import dev.weft.graph.nest.Intervals;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Panels;
import dev.weft.graph.nest.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * For each panel, the columns outside of which it is certain that the wanted values are zero and that reductions of the row see nothing
 * that changes them: those that a mask of positions leaves. Where all of a row may be masked, all columns stay.
 */
final class ColumnRanges {
    private static final long FINE = 64;
    private static final long COARSE = 256;

    private final Nest nest;
    private final Panels panels;

    ColumnRanges(Nest nest, Panels panels) {
        this.nest = nest;
        this.panels = panels;
    }

    List<Range> all() {
        List<Range> ranges = new ArrayList<>();
        for (int panel = 0; panel < panels.count(); panel++) {
            long first = panel * panels.rows();
            long last = Math.min(first + panels.rows(), panels.outer().getLast()) - 1;
            ranges.add(range(first, last));
        }
        return ranges;
    }

    private Range range(long firstRow, long lastRow) {
        long columns = panels.columns();
        long step = columns > COARSE ? COARSE : FINE;
        long to = columns;
        while (to > 0 && isDead(firstRow, lastRow, (to - 1) / step * step, to - 1)) {
            to = (to - 1) / step * step;
        }
        long from = 0;
        while (from + step < to && isDead(firstRow, lastRow, from, from + step - 1)) {
            from += step;
        }
        boolean whole = from == 0 && to == columns;
        return whole || to == 0 || hasEmptyRow(firstRow, lastRow) ? new Range(0, columns) : new Range(from, to);
    }

    private boolean hasEmptyRow(long first, long last) {
        for (long row = first; row <= last; row++) {
            if (isDead(row, row, 0, panels.columns() - 1)) {
                return true;
            }
        }
        return false;
    }

    /** What the columns that matter are made to depend on by integers that are data; nothing where positions say it already. */
    LiveColumns live(List<Range> ranges) {
        long columns = panels.columns();
        boolean known = ranges.stream().anyMatch(range -> range.size() < columns);
        long lastRow = panels.outer().getLast() - 1;
        return known || columns <= FINE
                ? LiveColumns.ALL
                : new ColumnConditions(nest.space(), assumed -> isDead(0, lastRow, 0, columns - 1, assumed))
                        .of(nest.roots());
    }

    private boolean isDead(long firstRow, long lastRow, long firstColumn, long lastColumn) {
        return isDead(firstRow, lastRow, firstColumn, lastColumn, Map.of());
    }

    private boolean isDead(
            long firstRow, long lastRow, long firstColumn, long lastColumn, Map<Node, Intervals.Bounds> assumed) {
        Map<Term.Loop, Intervals.Bounds> block = new HashMap<>();
        block.put(nest.space().outer().getLast(), new Intervals.Bounds(firstRow, lastRow));
        block.put(nest.space().inner().getLast(), new Intervals.Bounds(firstColumn, lastColumn));
        return nest.isDead(block, assumed);
    }
}
