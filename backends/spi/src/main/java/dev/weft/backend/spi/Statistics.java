package dev.weft.backend.spi;

import java.util.Map;

/**
 * Figures of a compiled program.
 *
 * @param kernels distinct kernels that were made
 * @param fallbackRegions regions that are interpreted because no kernel could be made
 * @param peakBytes most bytes held at once: stored tensors, arena and scratch
 * @param compileMillis wall-clock milliseconds that compiling took
 * @param entries figures of each entry
 * @param again what is computed again to keep within a memory budget
 */
public record Statistics(
        int kernels,
        int fallbackRegions,
        long peakBytes,
        double compileMillis,
        Map<String, EntryStatistics> entries,
        Again again) {

    public Statistics {
        entries = Map.copyOf(entries);
    }

    /** Nothing is computed again. */
    public Statistics(
            int kernels,
            int fallbackRegions,
            long peakBytes,
            double compileMillis,
            Map<String, EntryStatistics> entries) {
        this(kernels, fallbackRegions, peakBytes, compileMillis, entries, Again.NOTHING);
    }

    /**
     * What one run of each entry computes twice, all entries together.
     *
     * @param regions steps that run again
     * @param flops floating-point operations of these
     * @param bytesMoved bytes that they read and write
     * @param savedBytes how much less memory that takes
     */
    public record Again(int regions, long flops, long bytesMoved, long savedBytes) {

        public static final Again NOTHING = new Again(0, 0, 0, 0);
    }

    /**
     * Figures of one run of an entry.
     *
     * @param regions steps that it takes
     * @param flops floating-point operations
     * @param bytesMoved bytes that regions read and write
     */
    public record EntryStatistics(int regions, long flops, long bytesMoved) {}
}
