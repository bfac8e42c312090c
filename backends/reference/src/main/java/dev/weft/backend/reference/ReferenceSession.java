package dev.weft.backend.reference;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.EntryInputs;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.SessionGate;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.graph.Entry;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.text.ProgramPrinter;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Stored tensors as doubles, and an interpreter for the entries. */
final class ReferenceSession implements Session {

    private final Program program;
    private final Interpreter interpreter;
    private final Statistics statistics;
    private final List<Stage> stages;
    private final Consumer<ReferenceSession> onClose;
    private final SessionGate gate = new SessionGate();
    private final Map<String, Tensor> contents = new HashMap<>();
    private final Map<String, TensorBuffer> buffers = new HashMap<>();

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
        return gate.alone(() -> buffers.get(program.stored(name).name()));
    }

    @Override
    public Map<String, Buffer> run(String entryName, Map<String, MemorySegment> inputs) {
        return gate.alone(() -> {
            Entry entry = program.entry(entryName);
            Map<String, Buffer> outputs = new LinkedHashMap<>();
            interpreter
                    .run(entryName, contents, tensors(entry, inputs))
                    .forEach((name, tensor) -> outputs.put(name, new TensorBuffer(this, tensor.type(), null, tensor)));
            return outputs;
        });
    }

    private Map<String, Tensor> tensors(Entry entry, Map<String, MemorySegment> inputs) {
        EntryInputs takes = EntryInputs.of(program, entry);
        takes.require(inputs);
        Map<String, Tensor> tensors = new HashMap<>();
        for (int i = 0; i < takes.names().size(); i++) {
            String name = takes.names().get(i);
            tensors.put(name, TensorBytes.read(takes.types().get(i), inputs.get(name)));
        }
        return tensors;
    }

    @Override
    public void read(Buffer from, MemorySegment to) {
        gate.alone(() -> {
            TensorBuffer buffer = own(from);
            EntryInputs.requireSize("read", buffer.type(), to);
            TensorBytes.write(buffer.stored == null ? buffer.tensor() : contents.get(buffer.stored), to);
            return from;
        });
    }

    @Override
    public void write(MemorySegment from, Buffer to, long first) {
        gate.alone(() -> {
            TensorBuffer buffer = own(to);
            long start = EntryInputs.requirePart("write", buffer.type(), first, from);
            Tensor before = buffer.stored == null ? buffer.tensor() : contents.get(buffer.stored);
            Tensor tensor = TensorBytes.read(buffer.type(), replaced(before, start, from));
            if (buffer.stored == null) {
                buffer.set(tensor);
            } else {
                contents.put(buffer.stored, tensor);
            }
            return to;
        });
    }

    private static MemorySegment replaced(Tensor before, long start, MemorySegment part) {
        if (part.byteSize() == before.type().bytes()) {
            return part;
        }
        MemorySegment bytes = TensorBytes.of(before);
        MemorySegment.copy(part, 0, bytes, start, part.byteSize());
        return bytes;
    }

    private TensorBuffer own(Buffer buffer) {
        if (buffer instanceof TensorBuffer ours && ours.owner == this) {
            return ours;
        }
        throw new UserException("buffer of %s: must be of this session".formatted(buffer.type()));
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
        gate.close(() -> onClose.accept(this));
    }
}
