package dev.weft.backend.cpu;

import dev.weft.backend.cpu.runtime.Step;
import dev.weft.backend.cpu.runtime.ThreadPool;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.plan.Location;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Stored tensors in native memory, and the steps of each entry, bound to it. */
final class CpuSession implements Session {
    private final CompiledProgram compiled;
    private final ThreadPool pool;
    private final Consumer<CpuSession> onClose;
    private final SessionMemory memory;
    private final BoundKernels kernels;
    private final Map<String, CpuBuffer> stored = new HashMap<>();
    private final Map<String, BoundEntry> entries = new HashMap<>();
    private final Statistics statistics;
    private final Program program;
    private final ReentrantLock oneThread = new ReentrantLock();
    private volatile boolean closed;

    /** An entry with its memory. */
    private record BoundEntry(
            Entry entry, List<CpuBuffer> inputs, Map<String, Buffer> outputs, List<? extends Step> steps) {}

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
        this.kernels = new BoundKernels(compiled, memory, pool.threads());
        for (Stored tensor : program.stored()) {
            Location place = compiled.plan().stored(tensor.name());
            stored.put(tensor.name(), new CpuBuffer(this, tensor.type(), memory.at(place, tensor.name())));
        }
        for (Entry entry : program.entries()) {
            entries.put(entry.name(), bind(entry));
        }
        this.statistics =
                new Statistics(compiled.kernels().size(), 0, memory.bytes(), compiled.millis(), compiled.statistics());
    }

    private BoundEntry bind(Entry entry) {
        List<Value> parameters = program.body(entry).parameters();
        List<Value> results = program.body(entry).results();
        List<CpuBuffer> inputs = new java.util.ArrayList<>();
        for (int i = 0; i < entry.inputs().size(); i++) {
            TensorType type = parameters.get(entry.reads().size() + i).type();
            inputs.add(new CpuBuffer(this, type, memory.at(Location.input(i, type.bytes()), entry.name())));
        }
        Map<String, Buffer> outputs = new LinkedHashMap<>();
        for (int i = 0; i < entry.outputs().size(); i++) {
            TensorType type = results.get(i).type();
            outputs.put(
                    entry.outputs().get(i),
                    new CpuBuffer(this, type, memory.at(Location.output(i, type.bytes()), entry.name())));
        }
        return new BoundEntry(entry, inputs, Collections.unmodifiableMap(outputs), kernels.steps(entry.name()));
    }

    @Override
    public Buffer stored(String name) {
        return alone(() -> stored.get(program.stored(name).name()));
    }

    @Override
    public Map<String, Buffer> run(String name, Map<String, MemorySegment> inputs) {
        return alone(() -> {
            BoundEntry bound = entries.get(program.entry(name).name());
            give(bound, inputs);
            pool.run(bound.steps());
            return bound.outputs();
        });
    }

    private static void give(BoundEntry bound, Map<String, MemorySegment> inputs) {
        Entry entry = bound.entry();
        for (String name : inputs.keySet()) {
            if (!entry.inputs().contains(name)) {
                throw new UserException(
                        "entry %s: has no input %s; it takes %s".formatted(entry.name(), name, entry.inputs()));
            }
        }
        for (int i = 0; i < bound.inputs().size(); i++) {
            String name = entry.inputs().get(i);
            CpuBuffer buffer = bound.inputs().get(i);
            MemorySegment given = inputs.get(name);
            if (given == null) {
                throw new UserException(
                        "entry %s: input %s (%s) must be given".formatted(entry.name(), name, buffer.type()));
            }
            requireSize("entry %s: input %s".formatted(entry.name(), name), buffer.type(), given);
            MemorySegment.copy(given, 0, buffer.memory(), 0, given.byteSize());
        }
    }

    private static void requireSize(String subject, TensorType type, MemorySegment segment) {
        if (segment.byteSize() != type.bytes()) {
            throw new UserException(
                    "%s (%s) must have %d bytes, got %d".formatted(subject, type, type.bytes(), segment.byteSize()));
        }
    }

    @Override
    public void read(Buffer from, MemorySegment to) {
        alone(() -> {
            CpuBuffer buffer = own(from);
            requireSize("read", buffer.type(), to);
            MemorySegment.copy(buffer.memory(), 0, to, 0, to.byteSize());
            return from;
        });
    }

    @Override
    public void write(MemorySegment from, Buffer to) {
        alone(() -> {
            CpuBuffer buffer = own(to);
            requireSize("write", buffer.type(), from);
            MemorySegment.copy(from, 0, buffer.memory(), 0, from.byteSize());
            return to;
        });
    }

    private CpuBuffer own(Buffer buffer) {
        if (buffer instanceof CpuBuffer ours && ours.owner().equals(this)) {
            return ours;
        }
        throw new UserException("buffer of %s: must be of this session".formatted(buffer.type()));
    }

    /** Does the work if the session is open and no other thread is in it. */
    private <T> T alone(Supplier<T> work) {
        if (!oneThread.tryLock()) {
            throw new IllegalStateException("session: is in use by another thread; give each thread its own");
        }
        try {
            if (closed) {
                throw new IllegalStateException("session: is closed");
            }
            return work.get();
        } finally {
            oneThread.unlock();
        }
    }

    @Override
    public List<Stage> stages() {
        return compiled.stages();
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    /** Waits for a run of another thread to end. */
    @Override
    public void close() {
        oneThread.lock();
        try {
            if (!closed) {
                closed = true;
                kernels.close();
                memory.close();
                onClose.accept(this);
            }
        } finally {
            oneThread.unlock();
        }
    }
}
