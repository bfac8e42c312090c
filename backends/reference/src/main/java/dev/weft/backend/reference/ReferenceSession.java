package dev.weft.backend.reference;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.text.ProgramPrinter;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Stored tensors as doubles, and an interpreter for the entries. */
final class ReferenceSession implements Session {

    private final Program program;
    private final Interpreter interpreter;
    private final Statistics statistics;
    private final List<Stage> stages;
    private final Consumer<ReferenceSession> onClose;
    private final ReentrantLock oneThread = new ReentrantLock();
    private final Map<String, Tensor> contents = new HashMap<>();
    private final Map<String, TensorBuffer> buffers = new HashMap<>();
    private volatile boolean closed;

    ReferenceSession(
            Program program, CompileOptions options, Statistics statistics, Consumer<ReferenceSession> onClose) {
        this.program = program;
        this.interpreter = new Interpreter(program, options.exact() ? Interpreter.Mode.EXACT : Interpreter.Mode.TYPED);
        this.statistics = statistics;
        this.stages =
                options.keepStages() ? List.of(new Stage("program", "", ProgramPrinter.print(program))) : List.of();
        this.onClose = onClose;
        for (Stored stored : program.stored()) {
            contents.put(stored.name(), Tensor.zeros(stored.type()));
            buffers.put(stored.name(), new TensorBuffer(this, stored.type(), stored.name(), null));
        }
    }

    @Override
    public Buffer stored(String name) {
        return alone(() -> buffers.get(program.stored(name).name()));
    }

    @Override
    public Map<String, Buffer> run(String entryName, Map<String, MemorySegment> inputs) {
        return alone(() -> {
            Entry entry = program.entry(entryName);
            Map<String, Buffer> outputs = new LinkedHashMap<>();
            interpreter
                    .run(entryName, contents, tensors(entry, inputs))
                    .forEach((name, tensor) -> outputs.put(name, new TensorBuffer(this, tensor.type(), null, tensor)));
            return outputs;
        });
    }

    private Map<String, Tensor> tensors(Entry entry, Map<String, MemorySegment> inputs) {
        for (String name : inputs.keySet()) {
            if (!entry.inputs().contains(name)) {
                throw new UserException(
                        "entry %s: has no input %s; it takes %s".formatted(entry.name(), name, entry.inputs()));
            }
        }
        Map<String, Tensor> tensors = new HashMap<>();
        List<Value> parameters = program.body(entry).parameters();
        for (int i = 0; i < entry.inputs().size(); i++) {
            String name = entry.inputs().get(i);
            Value parameter = parameters.get(entry.reads().size() + i);
            MemorySegment given = inputs.get(name);
            if (given == null) {
                throw new UserException(
                        "entry %s: input %s (%s) must be given".formatted(entry.name(), name, parameter.type()));
            }
            if (given.byteSize() != parameter.type().bytes()) {
                throw new UserException("entry %s: input %s (%s) must have %d bytes, got %d"
                        .formatted(
                                entry.name(),
                                name,
                                parameter.type(),
                                parameter.type().bytes(),
                                given.byteSize()));
            }
            tensors.put(name, TensorBytes.read(parameter.type(), given));
        }
        return tensors;
    }

    @Override
    public void read(Buffer from, MemorySegment to) {
        alone(() -> {
            TensorBuffer buffer = own(from);
            TensorBytes.write(buffer.stored == null ? buffer.tensor() : contents.get(buffer.stored), to);
            return from;
        });
    }

    @Override
    public void write(MemorySegment from, Buffer to) {
        alone(() -> {
            TensorBuffer buffer = own(to);
            Tensor tensor = TensorBytes.read(buffer.type(), from);
            if (buffer.stored == null) {
                buffer.set(tensor);
            } else {
                contents.put(buffer.stored, tensor);
            }
            return to;
        });
    }

    private TensorBuffer own(Buffer buffer) {
        if (buffer instanceof TensorBuffer ours && ours.owner == this) {
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
        return stages;
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    @Override
    public void close() {
        closed = true;
        onClose.accept(this);
    }
}
