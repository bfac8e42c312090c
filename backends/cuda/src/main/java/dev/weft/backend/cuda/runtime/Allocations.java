package dev.weft.backend.cuda.runtime;

import java.lang.foreign.MemorySegment;

/** Where a session takes its memory from: a device, or a count of what would be taken. */
public sealed interface Allocations permits Held, CountedBytes {

    /** The address of so much device memory; 0 for none. */
    long memory(long size, String what);

    /** Pinned memory of the host. */
    MemorySegment pinned(long size, String what);
}
