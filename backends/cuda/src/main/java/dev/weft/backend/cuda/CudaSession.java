package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.runtime.Held;
import dev.weft.backend.cuda.runtime.Lanes;
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
import java.util.function.Supplier;

/** Stored tensors in device memory, and a graph for each entry, on a stream of its own. Sessions take turns at the device. */
final class CudaSession implements Session {
    /** Tensors go through pinned memory in pieces of at most this size. */
    private static final long STAGING_BYTES = 4L << 20;

    private final Device device;
    private final Program program;
    private final CompiledProgram compiled;
    private final Consumer<CudaSession> onClose;
    private final Held held;
    private final BoundProgram bound;
    private final Lanes lanes;
    private final MemorySegment staging;
    private final Map<String, CudaBuffer> stored = new HashMap<>();
    private final Map<String, EntryInputs> takes = new HashMap<>();
    private final Map<String, Map<String, Buffer>> outputs = new HashMap<>();
    private final SessionGate gate = new SessionGate();

    /**
     * @param timed whether parts of each run are timed, for which each is waited for
     * @throws dev.weft.graph.MachineException if the device has too little memory; then nothing of it is held
     */
    static CudaSession open(
            Device device,
            Program program,
            CompiledProgram compiled,
            ProductChoices choices,
            boolean timed,
            Consumer<CudaSession> onClose) {
        Held held = new Held(device);
        try {
            return new CudaSession(held, program, compiled, choices, timed, onClose);
        } catch (RuntimeException failed) {
            try {
                held.close();
            } catch (RuntimeException also) {
                failed.addSuppressed(also); // a device that has failed fails at everything, and only the first says why
            }
            throw failed;
        }
    }

    private CudaSession(
            Held held,
            Program program,
            CompiledProgram compiled,
            ProductChoices choices,
            boolean timed,
            Consumer<CudaSession> onClose) {
        this.held = held;
        this.device = held.device();
        this.program = program;
        this.compiled = compiled;
        this.onClose = onClose;
        SessionMemory memory = new SessionMemory(held, program, compiled);
        this.lanes = new Lanes(held);
        this.staging = held.pinned(STAGING_BYTES, "copies of tensors");
        this.bound = new BoundProgram(held, lanes, compiled, memory, choices, timed);
        memory.clear(device, lanes.work(), compiled);
        lanes.settle();
        for (Stored tensor : program.stored()) {
            Location place = compiled.plan().stored(tensor.name());
            stored.put(tensor.name(), new CudaBuffer(this, tensor.type(), memory.at(place, "")));
        }
        for (Entry entry : program.entries()) {
            takes.put(entry.name(), EntryInputs.of(program, entry));
            outputs.put(entry.name(), outputs(entry, memory));
        }
    }

    private Map<String, Buffer> outputs(Entry entry, SessionMemory memory) {
        List<Value> results = program.body(entry).results();
        Map<String, Buffer> buffers = new LinkedHashMap<>();
        for (int i = 0; i < entry.outputs().size(); i++) {
            TensorType type = results.get(i).type();
            long address = memory.at(Location.output(i, type.bytes()), entry.name());
            buffers.put(entry.outputs().get(i), new CudaBuffer(this, type, address));
        }
        return Collections.unmodifiableMap(buffers);
    }

    @Override
    public Buffer stored(String name) {
        return gate.alone(() -> stored.get(program.stored(name).name()));
    }

    @Override
    public Map<String, Buffer> run(String name, Map<String, MemorySegment> inputs) {
        return alone(() -> {
            String entry = program.entry(name).name();
            takes.get(entry).require(inputs);
            bound.entry(entry).run(inputs);
            return outputs.get(entry);
        });
    }

    @Override
    public void expect(String name, Supplier<Map<String, MemorySegment>> next) {
        alone(() -> {
            String entry = program.entry(name).name();
            Map<String, MemorySegment> inputs = next.get();
            takes.get(entry).require(inputs);
            bound.entry(entry).expect(inputs);
            return entry;
        });
    }

    @Override
    public void read(Buffer from, MemorySegment to) {
        alone(() -> {
            CudaBuffer buffer = own(from);
            EntryInputs.requireSize("read", buffer.type(), to);
            for (long done = 0; done < to.byteSize(); done += STAGING_BYTES) {
                long size = Math.min(STAGING_BYTES, to.byteSize() - done);
                device.copyOut(lanes.work(), staging.asSlice(0, size), buffer.address() + done);
                bound.settle();
                MemorySegment.copy(staging, 0, to, done, size);
            }
            return from;
        });
    }

    @Override
    public void write(MemorySegment from, Buffer to, long first) {
        alone(() -> {
            CudaBuffer buffer = own(to);
            long start = EntryInputs.requirePart("write", buffer.type(), first, from);
            for (long done = 0; done < from.byteSize(); done += STAGING_BYTES) {
                long size = Math.min(STAGING_BYTES, from.byteSize() - done);
                MemorySegment.copy(from, done, staging, 0, size);
                device.copyIn(lanes.work(), buffer.address() + start + done, staging.asSlice(0, size));
                bound.settle();
            }
            return to;
        });
    }

    private <T> T alone(Supplier<T> work) {
        return gate.alone(() -> {
            synchronized (device) {
                return work.get();
            }
        });
    }

    private CudaBuffer own(Buffer buffer) {
        if (buffer instanceof CudaBuffer ours && ours.owner().equals(this)) {
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
        return Executable.write(program, compiled, device.facts());
    }

    @Override
    public Statistics statistics() {
        return new Statistics(
                compiled.kernels().size(), 0, held.bytes(), compiled.millis(), compiled.statistics(), compiled.again());
    }

    @Override
    public Optional<Timeline> timeline(String name) {
        return alone(() -> bound.entry(program.entry(name).name()).timeline());
    }

    @Override
    public OptionalLong waitedNanos() {
        return OptionalLong.of(alone(lanes::waitedNanos));
    }

    /** Waits for a run of another thread to end. */
    @Override
    public void close() {
        gate.close(() -> {
            synchronized (device) {
                try {
                    held.close();
                } finally {
                    onClose.accept(this);
                }
            }
        });
    }
}
