package dev.weft.backend.cuda.runtime;

import java.lang.foreign.MemorySegment;

/** Counts the device memory that would be taken. */
public final class CountedBytes implements Allocations {
    private static final long LARGE = 2L << 20;
    private static final long SMALL = 512;

    private long bytes;
    private long pieces;

    /** What is asked for. */
    public long bytes() {
        return bytes;
    }

    /** What that takes, in the pieces in which drivers give memory. */
    public long inPieces() {
        return pieces;
    }

    @Override
    public long memory(long size, String what) {
        long unit = size < LARGE ? SMALL : LARGE;
        bytes += size;
        pieces += Math.ceilDiv(size, unit) * unit;
        return unit;
    }

    /** None: it is the host's. */
    @Override
    public MemorySegment pinned(long size, String what) {
        return MemorySegment.NULL;
    }
}
