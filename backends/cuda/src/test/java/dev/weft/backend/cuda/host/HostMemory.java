package dev.weft.backend.cuda.host;

import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.backend.cuda.host.Worker.Request;
import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Device memory. No address is given out twice, and what is not allocated kernels cannot reach: an access ends them. Only in the
 * 255 bytes after an allocation, and in its first page before it, is one not noticed. Fresh memory is NaN.
 */
final class HostMemory implements AutoCloseable {
    /** Where the worker has device memory. */
    private static final long BASE = 0x2000_0000_0000L;

    private static final long PAGE = 4096;
    private static final long ALIGNMENT = 256;
    /** No kernel's address calculation should jump from one allocation into the next. */
    private static final long GAP = 1L << 20;

    /** How many addresses there are; memory is taken only for those that are used. */
    static final long SPACE = 1L << 40;

    private static final byte NAN = (byte) 0xff;

    private record Allocation(long address, long bytes, String what, boolean freed) {
        long end() {
            return address + bytes;
        }

        boolean holds(long from, long to) {
            return !freed && from >= address && to <= end() && from <= to;
        }
    }

    private final Worker worker;
    private final long capacity;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment all;
    private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
    private final Map<MemorySegment, Arena> pinned = new HashMap<>();
    private long taken;
    private long next = BASE + GAP;

    HostMemory(Worker worker, long capacity) {
        this.worker = worker;
        this.capacity = capacity;
        all = worker.memory(SPACE, arena);
    }

    long freeBytes() {
        return capacity - taken;
    }

    long allocate(long bytes, String what) {
        if (bytes < 1) {
            throw new DefectException("device memory: must be at least 1 byte for %s, got %d".formatted(what, bytes));
        }
        long rounded = up(bytes, ALIGNMENT);
        if (rounded > freeBytes()) {
            throw new OutOfDeviceMemory("host device", what, bytes, freeBytes());
        }
        long pages = up(rounded, PAGE);
        if (next + pages + GAP > BASE + SPACE) {
            throw new DefectException("host device: has given out all its addresses; open another one");
        }
        // Its end is the end of a page, so that what reads on meets memory that is not there.
        long address = next + pages - rounded;
        Worker.require(worker.ask(Request.OPEN_MEMORY, next, pages));
        all.asSlice(next - BASE, pages).fill(NAN);
        allocations.put(address, new Allocation(address, bytes, what, false));
        taken += rounded;
        next += pages + GAP;
        return address;
    }

    void free(long address) {
        Allocation allocation = allocations.get(address);
        if (allocation == null || allocation.freed()) {
            throw new DefectException(
                    "free: 0x%x must be the address of an allocation%s".formatted(address, whereabouts(address)));
        }
        long rounded = up(allocation.bytes(), ALIGNMENT);
        long first = address / PAGE * PAGE;
        Worker.require(worker.ask(Request.CLOSE_MEMORY, first, address + rounded - first));
        allocations.put(address, new Allocation(address, allocation.bytes(), allocation.what(), true));
        taken -= rounded;
    }

    MemorySegment pinned(long bytes) {
        Arena own = Arena.ofShared();
        MemorySegment segment = own.allocate(bytes, PAGE);
        pinned.put(segment, own);
        return segment;
    }

    void unpin(MemorySegment segment) {
        Arena own = pinned.remove(segment);
        if (own == null) {
            throw new DefectException("pinned memory: can be freed once and whole, and this was not pinned");
        }
        own.close();
    }

    void requirePinned(MemorySegment segment, String doing) {
        for (MemorySegment room : pinned.keySet()) {
            long at = segment.address() - room.address();
            if (at >= 0 && at + segment.byteSize() <= room.byteSize()) {
                return;
            }
        }
        throw new DefectException(doing + ": the host's side must lie in pinned memory of this device");
    }

    /** The bytes at an address, which must be allocated together. */
    MemorySegment at(long address, long bytes, String doing) {
        Map.Entry<Long, Allocation> found = allocations.floorEntry(address);
        if (bytes < 0 || found == null || !found.getValue().holds(address, address + bytes)) {
            throw new DefectException("%s: %,d bytes at 0x%x must lie in one allocation%s"
                    .formatted(doing, bytes, address, whereabouts(address)));
        }
        return all.asSlice(address - BASE, bytes);
    }

    /** Where an address is, as the end of a sentence; empty if it is far from device memory. */
    String whereabouts(long address) {
        if (address < BASE || address >= BASE + SPACE) {
            return "";
        }
        Map.Entry<Long, Allocation> below = allocations.floorEntry(address);
        Map.Entry<Long, Allocation> above = allocations.higherEntry(address);
        if (above != null
                && (below == null
                        || above.getKey() - address < address - below.getValue().end())) {
            Allocation before = above.getValue();
            return "; it is %,d bytes before %s".formatted(before.address() - address, before.what());
        }
        if (below == null) {
            return "";
        }
        Allocation allocation = below.getValue();
        String freed = allocation.freed() ? ", which has been freed" : "";
        long past = address - allocation.end();
        return past >= 0
                ? "; it is %,d bytes after the end of %s%s".formatted(past, allocation.what(), freed)
                : "; it is in %s%s".formatted(allocation.what(), freed);
    }

    private static long up(long bytes, long unit) {
        return (bytes + unit - 1) / unit * unit;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
