package dev.weft.backend.cuda;

import dev.weft.backend.cuda.CompiledProgram.RegionSteps;
import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.codegen.Slot;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.epilogue.Ending;
import dev.weft.backend.cuda.region.Work;
import dev.weft.backend.cuda.runtime.CountedBytes;
import dev.weft.backend.cuda.runtime.EntryRun;
import dev.weft.backend.cuda.runtime.Held;
import dev.weft.backend.cuda.runtime.Lanes;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.plan.Location;
import dev.weft.graph.plan.Step;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A program on a device and in a session's memory: code loaded, products made, parameters written. A run changes none of them. */
final class BoundProgram {
    static final long WORKSPACE_BYTES = 32L << 20;

    private final Held held;
    private final Lanes lanes;
    private final SessionMemory memory;
    private final ProductChoices choices;
    private final Arena parameters = Arena.ofAuto();
    private final KernelSet kernels;
    private final Map<String, Long> functions;
    private final Map<Multiplication, Long> products = new HashMap<>();
    private final Map<String, EntryRun> entries = new HashMap<>();
    private final long workspace;

    /** Products may be tried out in the session's memory, which holds nothing yet. */
    BoundProgram(
            Held held,
            Lanes lanes,
            CompiledProgram compiled,
            SessionMemory memory,
            ProductChoices choices,
            boolean timed) {
        this.held = held;
        this.lanes = lanes;
        this.memory = memory;
        this.choices = choices;
        this.kernels = compiled.kernels();
        this.functions = compiled.kernels().code().load(held);
        this.workspace = held.memory(workspaceBytes(compiled), "products");
        compiled.entries().forEach((entry, steps) -> entries.put(entry, bind(entry, steps, timed)));
    }

    /** Counts what is taken beside the session's memory. */
    static void count(CountedBytes counted, CompiledProgram compiled) {
        long checks = works(compiled).filter(work -> work instanceof Work.Check).count();
        counted.memory(workspaceBytes(compiled), "products");
        counted.memory(checks * EntryRun.STATUS_BYTES, "checks");
        works(compiled)
                .flatMap(work -> CompiledProgram.kernel(work).stream())
                .flatMap(kernel -> kernel.slots().stream())
                .mapToLong(BoundProgram::tableWords)
                .filter(words -> words > 0)
                .forEach(words -> counted.memory(words * Long.BYTES, "tables of parts"));
    }

    /** Words of the table that a slot is; 0 for others. */
    private static long tableWords(Slot slot) {
        return switch (slot) {
            case Slot.Table table -> table.words().size();
            case Slot.Cuts cuts -> 2L * cuts.blocks();
            case Slot.Tensor _, Slot.Temporary _, Slot.Number _, Slot.Status _ -> 0;
        };
    }

    private static long workspaceBytes(CompiledProgram compiled) {
        return works(compiled).anyMatch(work -> work instanceof Work.Multiply) ? WORKSPACE_BYTES : 0;
    }

    private static Stream<Work> works(CompiledProgram compiled) {
        return compiled.entries().values().stream().flatMap(List::stream).flatMap(steps -> steps.work().stream());
    }

    EntryRun entry(String name) {
        return entries.get(name);
    }

    /** Waits for all runs to end; throws if one found an index outside its bounds. */
    void settle() {
        lanes.settle();
        entries.values().forEach(EntryRun::tell);
    }

    private EntryRun bind(String entry, List<RegionSteps> steps, boolean timed) {
        List<String> messages = new ArrayList<>();
        for (RegionSteps step : steps) {
            for (Work work : step.work()) {
                if (work instanceof Work.Check check) {
                    messages.add(check.message());
                }
            }
        }
        EntryRun run = new EntryRun(held, lanes, memory.entry(entry), messages, entry, timed);
        int checks = 0;
        for (RegionSteps step : steps) {
            if (step.step() instanceof Step.Copy copy) {
                run.copy(
                        memory.at(copy.from(), entry),
                        memory.at(copy.to(), entry),
                        copy.from().bytes(),
                        () -> part("copy", step));
            }
            Places places = new Places(entry, step);
            for (Work work : step.work()) {
                switch (work) {
                    case Work.Run launched -> launch(run, launched.kernel(), places, 0, step);
                    case Work.Check check -> launch(run, check.kernel(), places, run.status(checks++), step);
                    case Work.Multiply multiply -> multiply(run, multiply, places, step);
                }
            }
        }
        return run;
    }

    private static Timeline.Step part(String name, RegionSteps steps) {
        return switch (steps.step()) {
            case Step.Copy _ -> new Timeline.Step(name, Timeline.NO_REGION);
            case Step.Run run -> new Timeline.Step(name, run.region());
        };
    }

    private void launch(EntryRun run, Kernel kernel, Places places, long status, RegionSteps step) {
        List<Slot> slots = kernel.slots();
        MemorySegment words = parameters.allocate(Math.max(1, slots.size()) * (long) Long.BYTES, Long.BYTES);
        for (int i = 0; i < slots.size(); i++) {
            words.setAtIndex(ValueLayout.JAVA_LONG, i, places.word(slots.get(i), status));
        }
        String name = kernels.name(kernel);
        run.kernel(functions.get(name), kernel.grid(), words, () -> part(name, step));
    }

    private void multiply(EntryRun run, Work.Multiply multiply, Places places, RegionSteps step) {
        Ending ending = multiply.ending();
        long left = places.address(multiply.left());
        long right = places.address(multiply.right());
        long result = places.address(ending.result());
        long addend = ending.addend() == null ? result : places.address(ending.addend());
        long vector = ending.narrowed()
                .map(narrowed -> places.word(narrowed, 0))
                .orElseGet(() -> ending.vector() == null ? 0 : places.address(ending.vector()));
        long auxiliary = ending.auxiliary() == null ? 0 : places.address(ending.auxiliary());
        for (Work.Places at : multiply.calls()) {
            Addresses addresses = new Addresses(
                    left + at.left(),
                    right + at.right(),
                    addend + at.result(),
                    result + at.result(),
                    vector,
                    auxiliary);
            run.product(
                    product(multiply.product(), addresses),
                    addresses,
                    workspace,
                    () -> part(multiply.product().title(), step));
        }
    }

    private long product(Multiplication what, Addresses at) {
        return products.computeIfAbsent(
                what, made -> held.product(made, choices.way(made, lanes.work(), at, workspace)));
    }

    /** Where the values of a region lie. */
    private final class Places {
        private final String entry;
        private final Map<Value, Location> places;
        private final Temporaries temporaries;

        Places(String entry, RegionSteps steps) {
            this.entry = entry;
            this.places = steps.places();
            this.temporaries = new Temporaries(steps);
        }

        long address(Value value) {
            if (temporaries.has(value)) {
                return memory.temporaries() + temporaries.offset(value);
            }
            Location place = places.get(value);
            if (place == null) {
                throw new DefectException("kernel: " + value + " has no place in memory");
            }
            return memory.at(place, entry);
        }

        long word(Slot slot, long status) {
            return switch (slot) {
                case Slot.Tensor tensor -> address(tensor.value());
                case Slot.Temporary temporary -> memory.temporaries() + temporaries.offset(temporary);
                case Slot.Number number -> number.bits();
                case Slot.Status _ -> status;
                case Slot.Table table ->
                    table(table.words().stream()
                            .mapToLong(word -> word(word, 0))
                            .toArray());
                case Slot.Cuts cuts -> table(cuts.words());
            };
        }

        /** Addresses are known from now on: the table is written once. */
        private long table(long[] words) {
            long bytes = words.length * (long) Long.BYTES;
            MemorySegment pinned = held.pinned(bytes, "tables of parts");
            MemorySegment.copy(words, 0, pinned, ValueLayout.JAVA_LONG, 0, words.length);
            long address = held.memory(bytes, "tables of parts");
            held.device().copyIn(lanes.work(), address, pinned);
            return address;
        }
    }
}
