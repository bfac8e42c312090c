package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.kernel.Work;
import dev.weft.graph.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Offsets of what a region needs memory for only while it runs. */
final class Temporaries {
    private static final long ALIGNMENT = 64;

    private final Map<Slot, Long> offsets = new LinkedHashMap<>();
    private final Map<Value, Long> values = new HashMap<>();
    private long bytes;

    Temporaries(CompiledProgram.RegionSteps steps) {
        for (Value value : steps.temporaries()) {
            values.put(value, take(value.type().bytes()));
        }
        for (Kernel kernel : CompiledProgram.kernels(steps.work())) {
            partials(kernel.slots());
        }
        for (Work work : steps.work()) {
            if (work instanceof Work.Loop loop) {
                loop.pieces().forEach(piece -> partials(piece.slots()));
            }
        }
    }

    private void partials(List<Slot> slots) {
        for (Slot slot : slots) {
            if (slot instanceof Slot.Partial partial && !offsets.containsKey(slot)) {
                offsets.put(slot, take(partial.bytes()));
            }
        }
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
        return offsets.get(partial);
    }

    boolean has(Value value) {
        return values.containsKey(value);
    }

    long offset(Value value) {
        return values.get(value);
    }
}
