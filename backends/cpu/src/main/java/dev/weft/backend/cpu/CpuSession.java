package dev.weft.backend.cpu;

import dev.weft.backend.cpu.CompiledProgram.Needs;
import dev.weft.backend.cpu.runtime.ThreadPool;
import dev.weft.backend.cpu.runtime.Walk;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.EntryInputs;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.SessionGate;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.plan.Location;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stored tensors in native memory, and the steps of each entry, bound to it. */
final class CpuSession implements Session {
    private final CompiledProgram compiled;
    private final ThreadPool pool;
    private final Consumer<CpuSession> onClose;
    private final SessionMemory memory;
    private @Nullable BoundKernels kernels;
    private final Map<String, CpuBuffer> stored = new HashMap<>();
    private final Map<String, BoundEntry> entries = new HashMap<>();
    private final Statistics statistics;
    private final Program program;
    private final SessionGate gate = new SessionGate();

    /**
     * An entry with its memory.
     *
     * @param times of its steps, if they are to be noted
     */
    private record BoundEntry(
            EntryInputs takes,
            List<CpuBuffer> inputs,
            Map<String, Buffer> outputs,
            Walk walk,
            @Nullable EntryTimes times) {}

    CpuSession(
            Program program,
            CompiledProgram compiled,
            ThreadPool pool,
            OptionalLong allowedBytes,
            Consumer<CpuSession> onClose) {
        this.program = program;
        this.compiled = compiled;
        this.pool = pool;
        this.onClose = onClose;
        this.memory = new SessionMemory(program, compiled, pool.threads(), allowedBytes);
        for (Stored tensor : program.stored()) {
            Location place = compiled.plan().stored(tensor.name());
            stored.put(tensor.name(), new CpuBuffer(this, tensor.type(), memory.at(place, tensor.name())));
        }
        this.statistics = new Statistics(
                compiled.kernels().size(),
                0,
                memory.bytes(),
                compiled.millis(),
                compiled.statistics(),
                compiled.again());
    }

    /** An entry is bound when it is first run: most are never run. */
    private BoundEntry bound(Entry entry) {
        BoundEntry known = entries.get(entry.name());
        if (known == null) {
            known = bind(entry);
            entries.put(entry.name(), known);
        }
        return known;
    }

    private BoundEntry bind(Entry entry) {
        EntryInputs takes = EntryInputs.of(program, entry);
        List<Value> results = program.body(entry).results();
        List<CpuBuffer> inputs = new java.util.ArrayList<>();
        for (int i = 0; i < takes.names().size(); i++) {
            TensorType type = takes.types().get(i);
            inputs.add(new CpuBuffer(this, type, memory.at(Location.input(i, type.bytes()), entry.name())));
        }
        Map<String, Buffer> outputs = new LinkedHashMap<>();
        for (int i = 0; i < entry.outputs().size(); i++) {
            TensorType type = results.get(i).type();
            outputs.put(
                    entry.outputs().get(i),
                    new CpuBuffer(this, type, memory.at(Location.output(i, type.bytes()), entry.name())));
        }
        BoundKernels code = kernels == null ? new BoundKernels(compiled, memory, pool.threads()) : kernels;
        kernels = code;
        BoundKernels.EntrySteps steps = code.steps(entry.name());
        EntryTimes times = compiled.timed() ? new EntryTimes(steps, pool.threads()) : null;
        return new BoundEntry(
                takes,
                inputs,
                Collections.unmodifiableMap(outputs),
                times == null ? steps.walk() : times.walk(),
                times);
    }

    @Override
    public Buffer stored(String name) {
        return gate.alone(() -> stored.get(program.stored(name).name()));
    }

    @Override
    public Map<String, Buffer> run(String name, Map<String, MemorySegment> inputs) {
        return gate.alone(() -> {
            BoundEntry bound = bound(program.entry(name));
            EntryTimes times = bound.times();
            if (times != null) {
                times.begin();
            }
            give(bound, inputs);
            pool.run(bound.walk());
            if (times != null) {
                times.end();
            }
            return bound.outputs();
        });
    }

    private static void give(BoundEntry bound, Map<String, MemorySegment> inputs) {
        bound.takes().require(inputs);
        List<String> names = bound.takes().names();
        for (int i = 0; i < names.size(); i++) {
            MemorySegment given = inputs.get(names.get(i));
            MemorySegment.copy(given, 0, bound.inputs().get(i).memory(), 0, given.byteSize());
        }
    }

    @Override
    public void read(Buffer from, MemorySegment to) {
        gate.alone(() -> {
            CpuBuffer buffer = own(from);
            EntryInputs.requireSize("read", buffer.type(), to);
            MemorySegment.copy(buffer.memory(), 0, to, 0, to.byteSize());
            return from;
        });
    }

    @Override
    public void write(MemorySegment from, Buffer to, long first) {
        gate.alone(() -> {
            CpuBuffer buffer = own(to);
            long start = EntryInputs.requirePart("write", buffer.type(), first, from);
            MemorySegment.copy(from, 0, buffer.memory(), start, from.byteSize());
            return to;
        });
    }

    private CpuBuffer own(Buffer buffer) {
        if (buffer instanceof CpuBuffer ours && ours.owner().equals(this)) {
            return ours;
        }
        throw new UserException("buffer of %s: must be of this session".formatted(buffer.type()));
    }

    @Override
    public List<Stage> stages() {
        return compiled.stages();
    }

    @Override
    public Map<String, Schedule> schedules() {
        return compiled.schedules();
    }

    @Override
    public Optional<byte[]> executable() {
        Needs needs =
                new Needs(compiled.scratchBytes(), compiled.temporaryBytes(), compiled.blockBytes(pool.threads()));
        return Executable.write(program, compiled, needs);
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    @Override
    public Optional<Timeline> timeline(String name) {
        return gate.alone(() -> {
            EntryTimes times = bound(program.entry(name)).times();
            return times == null ? Optional.<Timeline>empty() : times.last();
        });
    }

    /** Waits for a run of another thread to end. */
    @Override
    public void close() {
        gate.close(() -> {
            if (kernels != null) {
                kernels.close();
            }
            memory.close();
            onClose.accept(this);
        });
    }
}
