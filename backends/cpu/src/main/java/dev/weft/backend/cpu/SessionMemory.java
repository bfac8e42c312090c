package dev.weft.backend.cpu;

import dev.weft.backend.cpu.runtime.NativeMemory;
import dev.weft.backend.spi.Memory;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.plan.Location;
import dev.weft.graph.plan.Slab;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** All memory of a session: slabs, arena, inputs and outputs of entries, temporaries of regions, scratch of threads. */
final class SessionMemory implements AutoCloseable {
    /** Of blocks: a cache line. */
    private static final long ALIGNMENT = 64;

    private final NativeMemory memory = new NativeMemory();
    private final List<MemorySegment> slabs = new ArrayList<>();
    private final MemorySegment arena;
    private final Map<String, List<MemorySegment>> inputs = new HashMap<>();
    private final Map<String, List<MemorySegment>> outputs = new HashMap<>();
    private final MemorySegment temporaries;
    private final List<MemorySegment> scratch = new ArrayList<>();
    private final MemorySegment reserved;
    private long blockBytes;

    /**
     * @param allowed bytes that the options of the backend leave to this session
     * @throws dev.weft.graph.MachineException before anything is allocated, if that or the machine is too small
     */
    SessionMemory(Program program, CompiledProgram compiled, int threads, OptionalLong allowed) {
        long scratchBytes = compiled.scratchBytes();
        long temporaryBytes = compiled.temporaryBytes();
        requireRoom(compiled.peakBytes(threads), allowed);
        for (Slab slab : compiled.plan().slabs()) {
            slabs.add(memory.allocate(slab.bytes(), "stored tensors (" + slab.name() + ")"));
        }
        arena = memory.allocate(compiled.plan().arenaBytes(), "the arena of transient tensors");
        temporaries = memory.allocate(temporaryBytes, "temporaries of regions");
        for (int thread = 0; thread < threads; thread++) {
            scratch.add(memory.allocate(scratchBytes, "scratch of thread " + thread));
        }
        for (Entry entry : program.entries()) {
            List<Value> parameters = program.body(entry).parameters();
            List<Value> results = program.body(entry).results();
            inputs.put(
                    entry.name(), buffers(parameters.subList(entry.reads().size(), parameters.size()), entry.name()));
            outputs.put(entry.name(), buffers(results.subList(0, entry.outputs().size()), entry.name()));
        }
        reserved = memory.allocate(compiled.blockBytes(threads), "arguments of kernels");
    }

    /** Throws if the options of the backend or the machine have less than {@code needed} bytes. */
    static void requireRoom(long needed, OptionalLong allowed) {
        Memory.require(needed, allowed, "the memory limit leaves");
        Memory.require(needed, Memory.available(), "this machine has");
    }

    private List<MemorySegment> buffers(List<Value> values, String entry) {
        return values.stream()
                .map(value -> memory.allocate(value.type().bytes(), "entry " + entry))
                .toList();
    }

    MemorySegment at(Location place, String entry) {
        MemorySegment whole =
                switch (place.area()) {
                    case SLAB -> slabs.get(place.index());
                    case ARENA -> arena;
                    case INPUT -> inputs.get(entry).get(place.index());
                    case OUTPUT -> outputs.get(entry).get(place.index());
                };
        return whole.asSlice(place.offset(), place.bytes());
    }

    MemorySegment temporaries() {
        return temporaries;
    }

    MemorySegment scratch(int thread) {
        return scratch.get(thread);
    }

    /** A zeroed block that lives as long as the session: of those that were reserved, as long as there are some. */
    synchronized MemorySegment block(long bytes, String what) {
        long from = blockBytes;
        blockBytes += whole(bytes);
        return blockBytes <= reserved.byteSize() ? reserved.asSlice(from, bytes) : memory.allocate(bytes, what);
    }

    /** What a block of so many bytes takes. */
    static long whole(long bytes) {
        return Math.max(1, Math.ceilDiv(bytes, ALIGNMENT)) * ALIGNMENT;
    }

    long bytes() {
        return memory.bytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}
