package dev.weft.graph.plan;

import java.util.List;

/** What an entry does next. */
public sealed interface Step {

    /** What it reads. */
    default List<Location> reads() {
        return switch (this) {
            case Run run -> run.inputs();
            case Copy copy -> List.of(copy.from());
        };
    }

    /** What it writes. */
    default List<Location> writes() {
        return switch (this) {
            case Run run -> run.outputs();
            case Copy copy -> List.of(copy.to());
        };
    }

    /**
     * Runs a region of the entry's schedule.
     *
     * <p>An output may have the place of an input. Then a kernel must load, at each point of its last loop over a row, everything
     * before it stores anything; run the epilogue of a contraction only on results that are finished, and elsewhere than on that
     * place; and, for a table op whose result lies on its operand, change the rows concerned and copy nothing.
     *
     * @param region its number
     * @param inputs where each of the region's inputs lies, in its order
     * @param outputs where each of its outputs goes; the same place as an input's where it may be overwritten element by element
     */
    record Run(int region, List<Location> inputs, List<Location> outputs) implements Step {
        public Run {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /** Copies bytes; the two ranges do not overlap. */
    record Copy(Location from, Location to) implements Step {}
}
