package dev.weft.backend.cuda.runtime;

/** Blocks laid out one after the other in one allocation, each aligned as the device's own are. */
final class Layout {
    private static final long ALIGNMENT = 256;

    private long bytes;

    /** The offset of a new block. */
    long take(long size) {
        long offset = bytes;
        bytes += Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
        return offset;
    }

    /** All blocks together. */
    long bytes() {
        return bytes;
    }
}
