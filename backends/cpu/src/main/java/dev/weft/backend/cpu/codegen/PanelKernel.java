package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.nest.Panels;
import java.util.List;
import java.util.Map;

/**
 * What is done with a panel between products. Its kernel takes numbers of rows for units: the first of the panel and the one behind its
 * last. The first two words of its scratch memory say which columns it works on: from, and up to but not including.
 *
 * @param offsets where panels of values lie in scratch memory, in bytes
 * @param ranges for each panel, the columns outside of which everything is certainly zero
 * @param live which columns matter, where that is known when it runs only
 */
public record PanelKernel(
        Kernel kernel, Panels panels, Map<Value, Long> offsets, List<Range> ranges, LiveColumns live) {

    /** Columns {@code from} … {@code to} − 1. */
    public record Range(long from, long to) {
        public long size() {
            return to - from;
        }
    }

    public PanelKernel {
        offsets = Map.copyOf(offsets);
        ranges = List.copyOf(ranges);
    }
}
