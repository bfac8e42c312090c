package dev.weft.backend.cuda.runtime;

/** Blocks laid out one after the other in one allocation, each aligned as the device's own are. */
public final class Layout {
    private static final long ALIGNMENT = 256;

    private long bytes;

    /** The offset of a new block. */
    public long take(long size) {
        long offset = bytes;
        bytes += Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
        return offset;
    }

    /** All blocks together. */
    public long bytes() {
        return bytes;
    }
}
