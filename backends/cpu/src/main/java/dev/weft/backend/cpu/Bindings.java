package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.kernel.Work;
import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.plan.Location;
import dev.weft.graph.plan.Step;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Where the values of a region lie in a session's memory. */
final class Bindings {
    private final String entry;
    private final Map<Value, Location> places;
    private final SessionMemory memory;
    private final Shared shared;
    private final Temporaries temporaries;
    private final MemorySegment own;

    /**
     * What all regions have in common.
     *
     * @param status where a check leaves what it found
     */
    record Shared(Meanings meanings, MemorySegment status) {}

    /** @param offset where the region's temporaries begin in the session's */
    Bindings(
            String entry,
            Map<Value, Location> places,
            SessionMemory memory,
            Shared shared,
            Temporaries temporaries,
            long offset) {
        this.entry = entry;
        this.places = places;
        this.memory = memory;
        this.shared = shared;
        this.temporaries = temporaries;
        this.own = memory.temporaries().asSlice(offset, temporaries.bytes());
    }

    /** What a part of the region reads and writes. */
    StepOrder.Effects effects(Step step, Work work) {
        List<MemorySegment> stored = step.writes().stream().map(this::at).toList();
        return switch (work) {
            case Work.Run run -> effects(memory(run.kernel().slots()), stored, false);
            case Work.Check _ -> effects(List.of(), List.of(), true);
            case Work.Multiply multiply -> effects(memory(multiply), stored, false);
            case Work.Loop _, Work.Stream _ -> effects(step);
        };
    }

    /** What the region reads and writes. */
    StepOrder.Effects effects(Step step) {
        List<MemorySegment> stored = step.writes().stream().map(this::at).toList();
        List<MemorySegment> all = new ArrayList<>(stored);
        step.reads().stream().map(this::at).forEach(all::add);
        all.add(own);
        return effects(all, stored, false);
    }

    private StepOrder.Effects effects(List<MemorySegment> touched, List<MemorySegment> stored, boolean ends) {
        List<MemorySegment> writable = new ArrayList<>(stored);
        writable.add(own);
        return StepOrder.Effects.of(touched, writable, ends);
    }

    private List<MemorySegment> memory(List<Slot> slots) {
        List<MemorySegment> memory = new ArrayList<>();
        for (Slot slot : slots) {
            switch (slot) {
                case Slot.Tensor tensor -> memory.add(memory(tensor.value()));
                case Slot.Partial partial -> memory.add(own.asSlice(temporaries.offset(partial), partial.bytes()));
                case Slot.Number _, Slot.Size _, Slot.Meaning _, Slot.Status _ -> {}
            }
        }
        return memory;
    }

    private List<MemorySegment> memory(Work.Multiply multiply) {
        List<MemorySegment> memory = new ArrayList<>();
        memory.add(memory(multiply.product().a()));
        memory.add(memory(multiply.product().b()));
        if (!CompiledProgram.isInScratch(multiply)) {
            memory.add(memory(multiply.product().c()));
        }
        multiply.epilogue()
                .ifPresent(epilogue -> memory.addAll(memory(epilogue.kernel().slots())));
        return memory;
    }

    private MemorySegment memory(Value value) {
        if (temporaries.has(value)) {
            return own.asSlice(temporaries.offset(value), value.type().bytes());
        }
        Location place = places.get(value);
        if (place == null) {
            throw new DefectException("kernel: " + value + " has no place in memory");
        }
        return at(place);
    }

    private MemorySegment at(Location place) {
        return memory.at(place, entry);
    }

    long address(Value value) {
        return memory(value).address();
    }

    /** Reads the integers that decide which columns matter. */
    LiveColumns.Reader reader(LiveColumns live) {
        Map<Value, MemorySegment> integers = new HashMap<>();
        live.conditions().stream()
                .flatMap(condition -> condition.data().stream())
                .forEach(datum -> integers.put(datum.value(), at(places.get(datum.value()))));
        return (value, position) -> {
            MemorySegment bytes = Objects.requireNonNull(integers.get(value));
            return value.type().element() == ElementType.I32
                    ? bytes.getAtIndex(ValueLayout.JAVA_INT, position)
                    : bytes.getAtIndex(ValueLayout.JAVA_LONG, position);
        };
    }

    long word(Slot slot) {
        return switch (slot) {
            case Slot.Tensor tensor -> address(tensor.value());
            case Slot.Partial partial -> own.address() + temporaries.offset(partial);
            case Slot.Number number -> number.bits();
            case Slot.Size size -> size.value();
            case Slot.Meaning meaning -> shared.meanings().address(meaning.op());
            case Slot.Status _ -> shared.status().address();
        };
    }
}
