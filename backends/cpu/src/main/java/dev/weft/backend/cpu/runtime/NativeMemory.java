package dev.weft.backend.cpu.runtime;

import dev.weft.backend.cpu.nativelib.AnonymousMapping;
import dev.weft.backend.spi.Memory;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Zeroed memory outside the Java heap, counted in bytes. Large blocks are aligned to 2 MiB and backed by huge pages where the
 * system has them: first touch is then several times faster. Closing frees everything; safe to call twice.
 */
public final class NativeMemory implements AutoCloseable {
    private static final long HUGE_PAGE = 2L << 20;
    private static final long CACHE_LINE = 64;
    private static final AtomicLong LIVE = new AtomicLong();

    private final Arena arena = Arena.ofShared();
    private long bytes;
    private boolean closed;

    /** A zeroed block of {@code size} bytes, aligned to a cache line at least. {@code what} is named if there is no room. */
    public synchronized MemorySegment allocate(long size, String what) {
        boolean huge = size >= HUGE_PAGE;
        long alignment = huge ? HUGE_PAGE : CACHE_LINE;
        long rounded = Math.max(alignment, Math.ceilDiv(size, alignment) * alignment);
        MemorySegment block;
        try {
            // Not by Arena.allocate: it would zero, and so touch, every page before madvise could speak about them.
            block = huge ? AnonymousMapping.map(rounded, HUGE_PAGE, arena) : arena.allocate(rounded, alignment);
        } catch (OutOfMemoryError refused) {
            throw new MachineException(
                    "memory: %s needs %s, which the system does not give; free some or choose smaller sizes"
                            .formatted(what, Memory.text(size)),
                    refused);
        }
        bytes += rounded;
        LIVE.addAndGet(rounded);
        return block.asSlice(0, Math.max(size, 1));
    }

    /** Bytes that this owner holds. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Bytes that all owners in this process hold. */
    public static long liveBytes() {
        return LIVE.get();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            arena.close();
            LIVE.addAndGet(-bytes);
            bytes = 0;
        }
    }
}
