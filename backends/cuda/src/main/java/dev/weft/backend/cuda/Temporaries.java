package dev.weft.backend.cuda;

import dev.weft.backend.cuda.CompiledProgram.RegionSteps;
import dev.weft.backend.cuda.codegen.Slot;
import dev.weft.graph.Value;
import java.util.HashMap;
import java.util.Map;

/** Offsets of what a region needs memory for only while it runs: products for epilogues, and running results of reductions. */
final class Temporaries {
    private static final long ALIGNMENT = 256;

    private final Map<Slot.Partial, Long> partials = new HashMap<>();
    private final Map<Value, Long> values = new HashMap<>();
    private long bytes;

    Temporaries(RegionSteps steps) {
        for (Value value : steps.temporaries()) {
            values.put(value, take(value.type().bytes()));
        }
        steps.work().forEach(work -> CompiledProgram.kernel(work)
                .ifPresent(kernel -> kernel.slots().forEach(slot -> {
                    if (slot instanceof Slot.Partial partial && !partials.containsKey(partial)) {
                        partials.put(partial, take(partial.bytes()));
                    }
                })));
    }

    private long take(long size) {
        long offset = bytes;
        bytes += Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT;
        return offset;
    }

    long bytes() {
        return bytes;
    }

    long offset(Slot.Partial partial) {
        return partials.get(partial);
    }

    boolean has(Value value) {
        return values.containsKey(value);
    }

    long offset(Value value) {
        return values.get(value);
    }
}
