package dev.weft.backend.cuda;

import dev.weft.backend.cuda.CompiledProgram.RegionSteps;
import dev.weft.backend.cuda.codegen.Slot;
import dev.weft.backend.cuda.runtime.Layout;
import dev.weft.graph.Value;
import java.util.HashMap;
import java.util.Map;

/** Offsets of what a region needs memory for only while it runs: products for epilogues, and what its kernels hand on. */
final class Temporaries {
    private final Map<Slot.Temporary, Long> handedOn = new HashMap<>();
    private final Map<Value, Long> values = new HashMap<>();
    private final Layout layout = new Layout();

    Temporaries(RegionSteps steps) {
        for (Value value : steps.temporaries()) {
            values.put(value, layout.take(value.type().bytes()));
        }
        steps.work().forEach(work -> CompiledProgram.kernel(work)
                .ifPresent(kernel -> kernel.slots().forEach(slot -> {
                    if (slot instanceof Slot.Temporary temporary && !handedOn.containsKey(temporary)) {
                        handedOn.put(temporary, layout.take(temporary.bytes()));
                    }
                })));
    }

    long bytes() {
        return layout.bytes();
    }

    long offset(Slot.Temporary temporary) {
        return handedOn.get(temporary);
    }

    boolean has(Value value) {
        return values.containsKey(value);
    }

    long offset(Value value) {
        return values.get(value);
    }
}
