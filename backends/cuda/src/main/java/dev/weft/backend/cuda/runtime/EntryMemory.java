package dev.weft.backend.cuda.runtime;

import dev.weft.backend.spi.EntryInputs;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Inputs and outputs of an entry. Inputs lie side by side, so that one copy brings them from the host, where pinned memory of the same
 * layout waits for them. There is more than one such place, and a second one on the device: the inputs of the next run may come while
 * those of this one are still read.
 */
public final class EntryMemory {
    /** Places of pinned memory: for a run that begins when all others are done, and for two that are on their way. */
    static final int SLOTS = 3;

    private final List<String> names;
    private final List<Long> inputOffsets = new ArrayList<>();
    private final List<Long> outputs = new ArrayList<>();
    private final long inputs;
    private final long next;
    private final long inputBytes;
    private final MemorySegment staging;

    public EntryMemory(Allocations held, EntryInputs takes, List<TensorType> gives) {
        this.names = takes.names();
        Layout in = new Layout();
        takes.types().forEach(type -> inputOffsets.add(in.take(type.bytes())));
        Layout out = new Layout();
        gives.forEach(type -> outputs.add(out.take(type.bytes())));
        inputs = held.memory(in.bytes(), "inputs of entry " + takes.entry());
        next = held.memory(in.bytes(), "the next inputs of entry " + takes.entry());
        inputBytes = in.bytes();
        staging = held.pinned(SLOTS * inputBytes, "inputs of entry " + takes.entry());
        long first = held.memory(out.bytes(), "outputs of entry " + takes.entry());
        outputs.replaceAll(offset -> first + offset);
    }

    public long input(int index) {
        return inputs + inputOffsets.get(index);
    }

    public long output(int index) {
        return outputs.get(index);
    }

    /** Where all inputs lie; 0 if there are none. */
    long inputs() {
        return inputs;
    }

    /** Where those of a later run may lie. */
    long next() {
        return next;
    }

    MemorySegment staging(int slot) {
        return staging.asSlice(slot * inputBytes, inputBytes);
    }

    /** Puts inputs where a copy takes them from. */
    void stage(int slot, Map<String, MemorySegment> given) {
        for (int i = 0; i < names.size(); i++) {
            MemorySegment input = given.get(names.get(i));
            MemorySegment.copy(input, 0, staging(slot), inputOffsets.get(i), input.byteSize());
        }
    }

    /** Whether these inputs are those that lie there. */
    boolean holds(int slot, Map<String, MemorySegment> given) {
        for (int i = 0; i < names.size(); i++) {
            MemorySegment input = given.get(names.get(i));
            if (staging(slot).asSlice(inputOffsets.get(i), input.byteSize()).mismatch(input) >= 0) {
                return false;
            }
        }
        return true;
    }
}
