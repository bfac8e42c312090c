package dev.weft.backend.cuda;

import dev.weft.backend.cuda.CompiledProgram.RegionSteps;
import dev.weft.backend.cuda.codegen.Slot;
import dev.weft.backend.cuda.runtime.Layout;
import dev.weft.graph.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Offsets of what a region needs memory for only while it runs: products for epilogues, running results of reductions, and vectors in a
 * narrower type.
 */
final class Temporaries {
    private final Map<Slot, Long> slots = new HashMap<>();
    private final Map<Value, Long> values = new HashMap<>();
    private final Layout layout = new Layout();

    Temporaries(RegionSteps steps) {
        for (Value value : steps.temporaries()) {
            values.put(value, layout.take(value.type().bytes()));
        }
        steps.work().forEach(work -> CompiledProgram.kernel(work)
                .ifPresent(kernel -> kernel.slots().forEach(slot -> bytes(slot)
                        .ifPresent(bytes -> slots.computeIfAbsent(slot, unplaced -> layout.take(bytes))))));
    }

    private static OptionalLong bytes(Slot slot) {
        return switch (slot) {
            case Slot.Partial partial -> OptionalLong.of(partial.bytes());
            case Slot.Narrowed narrowed -> OptionalLong.of(narrowed.bytes());
            case Slot.Tensor _, Slot.Number _, Slot.Status _, Slot.Table _ -> OptionalLong.empty();
        };
    }

    long bytes() {
        return layout.bytes();
    }

    /** Of memory that a kernel names by a slot. */
    long offset(Slot slot) {
        return slots.get(slot);
    }

    boolean has(Value value) {
        return values.containsKey(value);
    }

    long offset(Value value) {
        return values.get(value);
    }
}
