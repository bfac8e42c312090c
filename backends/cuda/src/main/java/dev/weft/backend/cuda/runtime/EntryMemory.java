package dev.weft.backend.cuda.runtime;

import dev.weft.backend.spi.EntryInputs;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Inputs and outputs of an entry. Inputs lie side by side, so that one copy brings them from the host, where pinned memory of the same
 * layout waits for them.
 */
public final class EntryMemory {
    private final List<String> names;
    private final List<Long> inputOffsets = new ArrayList<>();
    private final List<Long> outputs = new ArrayList<>();
    private final long inputs;
    private final MemorySegment staging;

    public EntryMemory(Held held, EntryInputs takes, List<TensorType> gives) {
        this.names = takes.names();
        Layout in = new Layout();
        takes.types().forEach(type -> inputOffsets.add(in.take(type.bytes())));
        Layout out = new Layout();
        gives.forEach(type -> outputs.add(out.take(type.bytes())));
        inputs = held.memory(in.bytes(), "inputs of entry " + takes.entry());
        staging = held.pinned(in.bytes(), "inputs of entry " + takes.entry());
        long first = held.memory(out.bytes(), "outputs of entry " + takes.entry());
        outputs.replaceAll(offset -> first + offset);
    }

    public long input(int index) {
        return inputs + inputOffsets.get(index);
    }

    public long output(int index) {
        return outputs.get(index);
    }

    /** Puts inputs where the copy takes them from. */
    void stage(Map<String, MemorySegment> given) {
        for (int i = 0; i < names.size(); i++) {
            MemorySegment input = given.get(names.get(i));
            MemorySegment.copy(input, 0, staging, inputOffsets.get(i), input.byteSize());
        }
    }

    /** The copy of all inputs; nothing where there are none. */
    List<Launch> copyIn() {
        return inputs == 0 ? List.of() : List.of(new Launch.CopyIn(inputs, staging));
    }
}
