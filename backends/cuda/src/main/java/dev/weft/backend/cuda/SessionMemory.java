package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.runtime.EntryMemory;
import dev.weft.backend.spi.EntryInputs;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.plan.Location;
import dev.weft.graph.plan.Slab;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All device memory of a session: slabs, arena, inputs and outputs of entries, temporaries of regions. */
final class SessionMemory implements AutoCloseable {
    private final Device device;
    private final List<Long> addresses = new ArrayList<>();
    private final List<Long> slabs = new ArrayList<>();
    private final Map<String, EntryMemory> entries = new HashMap<>();
    private final long arena;
    private final long temporaries;
    private long bytes;

    /** @throws dev.weft.graph.MachineException if the device has too little; nothing is then held */
    SessionMemory(Device device, Program program, CompiledProgram compiled) {
        this.device = device;
        try {
            for (Slab slab : compiled.plan().slabs()) {
                slabs.add(allocate(slab.bytes(), "stored tensors (" + slab.name() + ")"));
            }
            arena = allocate(compiled.plan().arenaBytes(), "the arena of transient tensors");
            temporaries = allocate(temporaryBytes(compiled), "temporaries of regions");
            for (Entry entry : program.entries()) {
                entries.put(entry.name(), entry(program, entry));
            }
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    private EntryMemory entry(Program program, Entry entry) {
        List<TensorType> gives = program.body(entry).results().stream()
                .limit(entry.outputs().size())
                .map(Value::type)
                .toList();
        EntryMemory memory = new EntryMemory(device, EntryInputs.of(program, entry), gives);
        bytes += memory.bytes();
        return memory;
    }

    private static long temporaryBytes(CompiledProgram compiled) {
        return compiled.entries().values().stream()
                .flatMap(List::stream)
                .mapToLong(steps -> new Temporaries(steps).bytes())
                .max()
                .orElse(0);
    }

    private long allocate(long size, String what) {
        if (size == 0) {
            return 0;
        }
        long address = device.allocate(size, what);
        addresses.add(address);
        bytes += size;
        return address;
    }

    /** Device memory that is freed with the session. */
    long block(long size, String what) {
        return allocate(size, what);
    }

    long at(Location place, String entry) {
        long start =
                switch (place.area()) {
                    case SLAB -> slabs.get(place.index());
                    case ARENA -> arena;
                    case INPUT -> entries.get(entry).input(place.index());
                    case OUTPUT -> entries.get(entry).output(place.index());
                };
        return start + place.offset();
    }

    EntryMemory entry(String name) {
        return entries.get(name);
    }

    long temporaries() {
        return temporaries;
    }

    /** Makes all stored tensors zeros. */
    void clear(long stream, CompiledProgram compiled) {
        for (int i = 0; i < slabs.size(); i++) {
            device.fill(
                    stream,
                    slabs.get(i),
                    (byte) 0,
                    compiled.plan().slabs().get(i).bytes());
        }
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        entries.values().forEach(EntryMemory::close);
        entries.clear();
        addresses.forEach(device::free);
        addresses.clear();
    }
}
