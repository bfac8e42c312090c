package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.runtime.Allocations;
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
final class SessionMemory {
    private final List<Long> slabs = new ArrayList<>();
    private final Map<String, EntryMemory> entries = new HashMap<>();
    private final long arena;
    private final long temporaries;

    /** @throws dev.weft.graph.MachineException if the device has too little */
    SessionMemory(Allocations held, Program program, CompiledProgram compiled) {
        for (Slab slab : compiled.plan().slabs()) {
            slabs.add(held.memory(slab.bytes(), "stored tensors (" + slab.name() + ")"));
        }
        arena = held.memory(compiled.plan().arenaBytes(), "the arena of transient tensors");
        temporaries = held.memory(compiled.temporaryBytes(), "temporaries of regions");
        for (Entry entry : program.entries()) {
            List<TensorType> gives = program.body(entry).results().stream()
                    .limit(entry.outputs().size())
                    .map(Value::type)
                    .toList();
            entries.put(entry.name(), new EntryMemory(held, EntryInputs.of(program, entry), gives));
        }
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
    void clear(Device device, long stream, CompiledProgram compiled) {
        for (int i = 0; i < slabs.size(); i++) {
            device.fill(
                    stream,
                    slabs.get(i),
                    (byte) 0,
                    compiled.plan().slabs().get(i).bytes());
        }
    }
}
