package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.graph.DefectException;
import java.util.Map;
import java.util.TreeMap;

/** Addresses of memory that is not there. Between two allocations lies a gap, so that a reach past an end is seen. */
final class AddressSpace {
    static final long ALIGNMENT = 256;
    private static final long GAP = 1L << 20;

    /** No ordinary number begins like this, so that a parameter which does is an address. */
    private static final long BEGIN = 0x5a5a_0000_0000_0000L;

    private static final long END = 0x5a5b_0000_0000_0000L;

    private record Allocation(long bytes, String what) {}

    private final String device;
    private final long memoryBytes;
    private final TreeMap<Long, Allocation> live = new TreeMap<>();
    private long next = BEGIN;
    private long used;

    AddressSpace(String device, long memoryBytes) {
        this.device = device;
        this.memoryBytes = memoryBytes;
    }

    long freeBytes() {
        return memoryBytes - used;
    }

    long allocate(long bytes, String what) {
        if (bytes < 0) {
            throw new DefectException(
                    "device memory: " + what + " must not need less than nothing, got " + bytes + " bytes");
        }
        long whole = round(bytes);
        if (whole > freeBytes()) {
            throw new OutOfDeviceMemory(device, what, bytes, freeBytes());
        }
        long address = next;
        next += whole + GAP;
        used += whole;
        live.put(address, new Allocation(bytes, what));
        return address;
    }

    /** Bytes of what was allocated there. */
    long bytes(long address) {
        Allocation allocated = live.get(address);
        if (allocated == null) {
            throw new DefectException(
                    "device memory: what is freed must have been allocated and not freed, got " + described(address));
        }
        return allocated.bytes();
    }

    void free(long address) {
        used -= round(bytes(address));
        live.remove(address);
    }

    private static long round(long bytes) {
        return (Math.max(bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Whether a number must be an address. */
    static boolean isAddress(long number) {
        return number >= BEGIN && number < END;
    }

    /** All bytes from an address on must lie in one allocation. */
    void check(String doing, long address, long bytes) {
        Map.Entry<Long, Allocation> below = live.floorEntry(address);
        if (bytes < 0
                || below == null
                || address + bytes > below.getKey() + below.getValue().bytes()) {
            throw new DefectException("device memory: " + doing + " must stay in what was allocated, but reaches "
                    + bytes + " bytes from " + described(address));
        }
    }

    String described(long address) {
        Map.Entry<Long, Allocation> below = live.floorEntry(address);
        if (below == null) {
            return "address 0x" + Long.toHexString(address) + ", before everything that is allocated";
        }
        return "byte %d of %s, which has %d bytes"
                .formatted(
                        address - below.getKey(),
                        below.getValue().what(),
                        below.getValue().bytes());
    }
}
