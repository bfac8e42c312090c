package dev.weft.models;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.LoadedSession;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.pass.weights.HeldMatrix;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A compiled program and its stored tensors: parameters, optimizer state, caches. One thread at a time; a second one gets an
 * {@link IllegalStateException}. Closing gives the memory back and may be done again.
 */
public final class Model implements AutoCloseable {

    /** With names and types of stored tensors and entries; of a program that was kept, without what its functions do. */
    private final dev.weft.graph.Program program;

    private final Supplier<Compilation> compilation;
    private final Session session;
    private final OneThread oneThread = new OneThread("model");
    /** Params that are held in fewer bits, by path. */
    private final Map<String, HeldMatrix> held = new LinkedHashMap<>();

    private final boolean hasShadows;
    /** Whether a param was written since its shadow was. */
    private boolean staleShadows;

    private final CompileSteps steps;
    private @Nullable Compilation known;

    Model(Compilation compilation, CompileSteps steps, Session session) {
        this(compilation.compiled(), () -> compilation, steps, session);
    }

    /** Of a program that was compiled before; {@code compilation} is asked when somebody wants its graph after all. */
    Model(LoadedSession loaded, CompileSteps steps, Supplier<Compilation> compilation) {
        this(loaded.program(), compilation, steps, loaded.session());
    }

    private Model(
            dev.weft.graph.Program program, Supplier<Compilation> compilation, CompileSteps steps, Session session) {
        this.program = program;
        this.compilation = compilation;
        this.steps = steps;
        this.session = session;
        stored().forEach(stored -> HeldMatrix.of(stored).ifPresent(matrix -> held.put(matrix.param(), matrix)));
        this.hasShadows = stored().stream().anyMatch(stored -> stored.role() == Stored.Role.SHADOW);
    }

    /**
     * The program before and after its passes. They are run for it where the model came from the cache.
     *
     * @throws UserException if the model was loaded from a file that has no graph
     */
    public synchronized Compilation compilation() {
        Compilation made = known == null ? compilation.get() : known;
        known = made;
        return made;
    }

    /** How it came to be compiled. */
    public CompileSteps steps() {
        return steps;
    }

    /** For {@link Artifact}. */
    Optional<byte[]> executable() {
        return session.executable();
    }

    /** Kernels, bytes and floating-point operations, as the backend counted them while compiling. */
    public Statistics statistics() {
        return session.statistics();
    }

    /** The schedule that each entry runs, by name, as a memory budget left it; empty where the backend does not tell. */
    public Map<String, Schedule> schedules() {
        return session.schedules();
    }

    /** Texts of the backend's stages, if the model was compiled to keep them. */
    public List<Stage> stages() {
        return session.stages();
    }

    /**
     * When each thread began and ended each step of the last run of an entry; empty if the model was not compiled to be timed, or its
     * backend does not note times.
     */
    public Optional<Timeline> timeline(String entry) {
        return session.timeline(entry);
    }

    /** Nanoseconds in which runs so far only waited for a device; empty where the machine that calls is the one that computes. */
    public OptionalLong waitedNanos() {
        return session.waitedNanos();
    }

    /** Every stored tensor, in the order of declaration. */
    public Collection<Stored> stored() {
        return program.stored();
    }

    /** Whether the program was lowered with this entry. */
    public boolean has(String entry) {
        return program.entries().stream().anyMatch(known -> known.name().equals(entry));
    }

    /**
     * Names of an entry's inputs, in order.
     *
     * @throws UserException if there is no such entry
     */
    public List<String> inputs(String entry) {
        return program.entry(entry).inputs();
    }

    /**
     * The element type and shape of an entry's output, counted from 0.
     *
     * @throws UserException if there is no such entry
     */
    public TensorType outputType(String entry, int output) {
        return program.body(program.entry(entry)).results().get(output).type();
    }

    /**
     * Puts tensors in the place of all that is stored, but for caches and what only training keeps.
     *
     * @param tensors by path; more than these may be among them
     * @throws UserException naming what is missing or of another type
     */
    public void load(Map<String, Tensor> tensors) {
        SequencedMap<String, TensorType> wanted = wanted();
        SequencedMap<String, TensorType> got = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (wanted.containsKey(name)) {
                got.put(name, tensor.type());
            }
        });
        TensorNames.require("model", got, wanted);
        oneThread.in(() -> wanted.keySet().forEach(name -> put(name, tensors.get(name))));
    }

    /** Sets every parameter and buffer to its initial value, which depends on the seed alone, and every other tensor to its start. */
    public void initialize(int seed) {
        run("init", Map.of("seed", Tensor.of(new int[] {seed})));
    }

    /**
     * Runs an entry.
     *
     * @param inputs row-major tensors by input name
     * @return the outputs by name, copied
     * @throws UserException if an input is missing, unknown or of another type, or an index in it is out of range; stored tensors that the
     *     entry writes are then undefined
     * @throws IllegalStateException if the model is closed, or another thread is in it
     */
    public SequencedMap<String, Tensor> run(String entry, Map<String, Tensor> inputs) {
        return oneThread.in(() -> outputs(entry, inputs, Optional.empty()));
    }

    /**
     * As above, saying what the next run of the entry will be given: a backend whose runs go on by themselves asks for it meanwhile.
     *
     * @param next made without this model
     */
    SequencedMap<String, Tensor> run(String entry, Map<String, Tensor> inputs, Supplier<Map<String, Tensor>> next) {
        return oneThread.in(() -> outputs(entry, inputs, Optional.of(next)));
    }

    /**
     * As above, for those who run an entry again and again.
     *
     * @param to where the first outputs go, each of its output's size; no other is copied
     */
    void run(String entry, Map<String, Tensor> inputs, MemorySegment... to) {
        oneThread.in(() -> {
            Map<String, MemorySegment> segments = segments(entry, inputs);
            refreshShadows();
            Map<String, Buffer> buffers = session.run(entry, segments);
            List<String> outputs = program.entry(entry).outputs();
            for (int i = 0; i < to.length; i++) {
                session.read(buffers.get(outputs.get(i)), to[i]);
            }
        });
    }

    private Map<String, MemorySegment> segments(String entry, Map<String, Tensor> inputs) {
        Map<String, MemorySegment> segments = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> segments.put(name, check(entry, name, tensor)));
        return segments;
    }

    private SequencedMap<String, Tensor> outputs(
            String entry, Map<String, Tensor> inputs, Optional<Supplier<Map<String, Tensor>>> next) {
        Map<String, MemorySegment> segments = segments(entry, inputs);
        refreshShadows();
        Map<String, Buffer> buffers = session.run(entry, segments);
        next.ifPresent(later -> session.expect(entry, () -> segments(entry, later.get())));
        SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
        for (String output : program.entry(entry).outputs()) {
            outputs.put(output, read(buffers.get(output)));
        }
        return outputs;
    }

    /** What an entry takes besides the stored tensors, by name. */
    public SequencedMap<String, TensorType> inputTypes(String entry) {
        var known = program.entry(entry);
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        for (int i = 0; i < known.inputs().size(); i++) {
            int index = known.reads().size() + i;
            types.put(
                    known.inputs().get(i),
                    program.body(known).parameters().get(index).type());
        }
        return types;
    }

    private MemorySegment check(String entry, String name, Tensor tensor) {
        var known = program.entry(entry);
        int index = known.inputs().indexOf(name);
        if (index >= 0) {
            TensorType wanted = program.body(known)
                    .parameters()
                    .get(known.reads().size() + index)
                    .type();
            if (!wanted.equals(tensor.type())) {
                throw new UserException(
                        "entry %s: input %s must be %s, got %s".formatted(entry, name, wanted, tensor.type()));
            }
        }
        return tensor.data();
    }

    /** The number in an f32 tensor of shape {@code ()}; of any other, the first. */
    public static float scalar(Tensor tensor) {
        return tensor.data().get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
    }

    /**
     * A copy of a stored tensor, row-major, in memory that the garbage collector frees; of a parameter that is held in fewer bits, in the
     * f32 that products read.
     *
     * @throws UserException if the program stores none of this name
     * @throws IllegalStateException if the model is closed, or another thread is in it
     */
    public Tensor read(String stored) {
        return oneThread.in(() -> {
            refreshShadows();
            HeldMatrix matrix = held.get(stored);
            if (matrix != null) {
                return new HeldTensor(matrix, session).restore();
            }
            return read(session.stored(stored));
        });
    }

    /** Shadows follow params that were written from outside before anybody reads them. */
    private void refreshShadows() {
        if (staleShadows) {
            session.run(Precision.REFRESH, Map.of());
            staleShadows = false;
        }
    }

    private Tensor read(Buffer buffer) {
        MemorySegment data = Arena.ofAuto()
                .allocate(Math.max(1, buffer.type().bytes()), 64)
                .asSlice(0, buffer.type().bytes());
        session.read(buffer, data);
        return new Tensor(buffer.type(), data);
    }

    /** Copies of all parameters and buffers by path, as {@link #load} takes them: what a trained model is. */
    public SequencedMap<String, Tensor> parameters() {
        return oneThread.in(() -> {
            SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
            wanted().keySet().forEach(name -> {
                HeldMatrix matrix = held.get(name);
                parameters.put(
                        name, matrix == null ? read(session.stored(name)) : new HeldTensor(matrix, session).restore());
            });
            return parameters;
        });
    }

    /** What stands in place of parameters that are held in fewer bits than f32. */
    public List<HeldMatrix> held() {
        return List.copyOf(held.values());
    }

    /** Names and types of parameters and buffers. */
    private SequencedMap<String, TensorType> wanted() {
        SequencedMap<String, TensorType> wanted = new LinkedHashMap<>();
        for (Stored stored : stored()) {
            if (stored.role() == Stored.Role.PARAM || stored.role() == Stored.Role.BUFFER) {
                wanted.put(stored.name(), stored.type());
            }
        }
        held.forEach((name, matrix) -> wanted.put(name, matrix.paramType()));
        return wanted;
    }

    /**
     * Replaces a stored tensor by a copy of {@code tensor}.
     *
     * @throws UserException if the program stores none of this name, or one of another type
     * @throws IllegalStateException if the model is closed, or another thread is in it
     */
    public void write(String stored, Tensor tensor) {
        oneThread.in(() -> put(stored, tensor));
    }

    private void put(String stored, Tensor tensor) {
        HeldMatrix matrix = held.get(stored);
        if (matrix != null) {
            requireType(stored, matrix.paramType(), tensor);
            new HeldTensor(matrix, session).fill(tensor.data());
            return;
        }
        Buffer buffer = session.stored(stored);
        requireType(stored, buffer.type(), tensor);
        session.write(tensor.data(), buffer);
        Tensor.forget(tensor.data());
        staleShadows = hasShadows;
    }

    private static void requireType(String stored, TensorType wanted, Tensor tensor) {
        if (!wanted.equals(tensor.type())) {
            throw new UserException("%s: must be %s, got %s".formatted(stored, wanted, tensor.type()));
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
