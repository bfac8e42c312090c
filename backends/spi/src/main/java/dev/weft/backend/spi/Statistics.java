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
 */
public record Statistics(
        int kernels, int fallbackRegions, long peakBytes, double compileMillis, Map<String, EntryStatistics> entries) {

    public Statistics {
        entries = Map.copyOf(entries);
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
