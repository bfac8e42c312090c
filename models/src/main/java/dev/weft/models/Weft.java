package dev.weft.models;

import dev.weft.autodiff.Differentiate;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.LoadedSession;
import dev.weft.backend.spi.OutOfMemory;
import dev.weft.backend.spi.PluginPath;
import dev.weft.backend.spi.Session;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.canonical.Canonical;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.pass.precision.IntegerProducts;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.pass.weights.Weights;
import dev.weft.graph.type.ElementType;
import dev.weft.models.ProgramCache.Kept;
import dev.weft.models.run.RunFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A backend, opened with a number of threads: what programs are compiled with. Safe for many threads, and shared by all models made
 * from it; closing it closes them.
 */
public final class Weft implements AutoCloseable {

    /** The passes between lowering and the backend, in order. */
    public static final Pipeline PASSES = Pipeline.of(
            new Differentiate(), // grad @f becomes a function of its own
            new Inline(), // one flat graph for each entry
            new Canonical()); // what is the same is written in one way, what is nothing goes

    /**
     * {@link #PASSES}, and what another precision than f32 needs behind them.
     *
     * @throws UserException if there is no such precision
     */
    public static Pipeline passes(ElementType precision) {
        return passes(precision, WeightType.F32);
    }

    /** As above, for entries that only read weights, which are held in {@code weights}. */
    public static Pipeline passes(ElementType precision, WeightType weights) {
        return passes(precision, weights, false);
    }

    /** As above; {@code integers} says whether products of weights in int8 are of integers. */
    public static Pipeline passes(ElementType precision, WeightType weights, boolean integers) {
        Precision products = new Precision(precision);
        List<Pass> passes = new ArrayList<>(PASSES.passes());
        if (weights != WeightType.F32) {
            passes.add(new Weights(weights)); // matrices are stored in fewer bits
        }
        if (precision != ElementType.F32) {
            passes.add(products); // products read casts, params have shadows
        }
        if (integers && weights == WeightType.INT8) {
            passes.add(new IntegerProducts()); // rows that weights in 8 bits are multiplied with are rounded too
        }
        return new Pipeline(passes);
    }

    private final Backend backend;
    private final String backendName;
    private final PluginPath plugins;

    private final WeftOptions options;
    private final WeightType weights;
    private final Pipeline passes;
    private final ProgramCache programs;
    private final Helpers helpers;

    private Weft(
            Backend backend,
            String backendName,
            PluginPath plugins,
            WeftOptions options,
            WeightType weights,
            ProgramCache programs) {
        this.programs = programs;
        this.options = options;
        this.weights = weights;
        this.passes = passes(options.precision(), weights, options.integers());
        this.backend = backend;
        this.backendName = backendName;
        this.plugins = plugins;
        this.helpers = new Helpers(options.threads());
    }

    /** The best backend of this machine, on all its processors. */
    public static Weft open() {
        return open(WeftOptions.defaults());
    }

    /**
     * @param backendName a backend's name; null for the best one
     * @param threads threads that compute, at least 1
     * @throws UserException if there is no backend of that name
     * @throws dev.weft.graph.MachineException if it cannot run here
     */
    public static Weft open(@Nullable String backendName, int threads) {
        WeftOptions defaults = WeftOptions.defaults().threads(threads);
        return open(backendName == null ? defaults : defaults.backend(backendName));
    }

    /**
     * Opens a backend. Nothing else in a process is shared by two of what this gives.
     *
     * @throws UserException if there is no backend of that name or no such precision, or a plugin cannot be loaded
     * @throws dev.weft.graph.MachineException if it cannot run here
     */
    public static Weft open(WeftOptions options) {
        passes(options.precision());
        PluginPath plugins = PluginPath.of(options.plugins());
        try {
            String name = options.backend();
            BackendProvider provider = name == null ? Backends.best(plugins) : Backends.named(name, plugins);
            BackendOptions machine = new BackendOptions(
                    options.threads(),
                    options.memoryBytes(),
                    options.budgetBytes(),
                    options.keepsCode(),
                    options.tf32());
            return new Weft(
                    opened(provider, machine),
                    provider.name(),
                    plugins,
                    options,
                    WeightType.F32,
                    new ProgramCache(options.keepsCode() ? CodeStore.open() : CodeStore.none()));
        } catch (RuntimeException | Error failure) {
            plugins.close();
            throw failure;
        }
    }

    private static Backend opened(BackendProvider provider, BackendOptions options) {
        Backend backend = provider.open(options);
        if (options.tf32() && !backend.hasTf32()) {
            backend.close();
            throw new UserException("precision tf32: backend %s has none; choose --precision f32, or --backend cuda"
                    .formatted(provider.name()));
        }
        return backend;
    }

    /** The same, keeping compiled programs elsewhere; closing either closes both. */
    public Weft withCache(CodeStore store) {
        return new Weft(backend, backendName, plugins, options, weights, new ProgramCache(store));
    }

    /**
     * The same, for programs that read their weights and do not write them: matrices are stored in {@code type}, whatever precision
     * products have; closing either closes both. A program whose entries write weights is refused when it is compiled.
     */
    public Weft withWeights(WeightType type) {
        return new Weft(backend, backendName, plugins, options, type, programs);
    }

    /** What the matrices of the programs that this compiles are stored in. */
    public WeightType weights() {
        return weights;
    }

    /**
     * As {@link Program#load}. Where the same file, with the same imports, was loaded before and what was found out about it is in the
     * cache folder, it is not parsed before somebody asks for more.
     *
     * @throws ProgramException if it does not pass the checks; with all its diagnostics
     * @throws UserException if there is no such program
     */
    public Program load(String nameOrFile) {
        return Program.load(nameOrFile, programs);
    }

    Helpers helpers() {
        return helpers;
    }

    /** Why compiled programs could not be kept or found, in a sentence: a full disk, say. Compiling only takes longer then. */
    public Optional<String> cacheProblem() {
        return programs.problem().or(backend::cacheProblem);
    }

    /** What programs are compiled by; closed with this. */
    public Backend backend() {
        return backend;
    }

    /** The name of the backend that was chosen: {@code cpu}, {@code reference} or that of a plugin. */
    public String backendName() {
        return backendName;
    }

    /**
     * What the bits of results depend on besides the program, in words: the backend, the precision, what weights are held in, the
     * instruction-set level. Equal for what computes equal bits, given the same build of Weft.
     */
    public String arithmetic() {
        String held = weights == WeightType.F32 ? "" : "weights " + weights;
        return Stream.of("backend " + backendName, products(), held, backend.arithmetic())
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** The same as {@link #precision}, or {@code tf32}, or {@code int8} where weights are held in it and products are of integers. */
    public String products() {
        if (options.integers() && weights == WeightType.INT8) {
            return RunFolder.INT8;
        }
        return options.tf32() ? RunFolder.TF32 : precision().toString();
    }

    /** What matrix products of the programs that this compiles read. */
    public ElementType precision() {
        return options.precision();
    }

    /**
     * Takes a lowered program through all passes and the backend.
     *
     * @param observer sees the program after every pass
     */
    public Model compile(dev.weft.graph.Program lowered, CompileOptions options, Pipeline.Observer observer) {
        backend.expectCompile();
        Pipeline.Result passed = passes.run(lowered, observer);
        Session session = backend.compile(passed.program(), options);
        Compilation compilation = new Compilation(lowered, passed.program(), passed.steps());
        return new Model(compilation, CompileSteps.of(compilation, 0), session);
    }

    /**
     * Takes entries of a program through all passes and the backend; or, if that was done before, in this process or another, loads what
     * was kept of it.
     */
    public Model compile(Program program, List<EntryRequest> entries) {
        ProgramKey key = ProgramKey.of(program, entries, this, programs.version());
        Optional<Kept> kept = programs.find(key);
        programs.asked(key, kept.isPresent());
        return compile(program, entries, key, kept);
    }

    /** The same with a shipped program, whatever files there are; a part of other work, of which nobody asks whether it was kept. */
    Model shipped(String name, EntryRequest... entries) {
        Program program = Program.shipped(name, programs);
        ProgramKey key = ProgramKey.of(program, List.of(entries), this, programs.version());
        return compile(program, List.of(entries), key, programs.find(key));
    }

    private Model compile(Program program, List<EntryRequest> entries, ProgramKey key, Optional<Kept> kept) {
        try {
            return made(program, entries, key, kept);
        } catch (OutOfMemory lack) {
            throw new FittingBatch(
                            entries,
                            smaller -> backend.memoryBytes(
                                    compilation(program.lower(smaller)).compiled()))
                    .advise(lack);
        }
    }

    private Model made(Program program, List<EntryRequest> entries, ProgramKey key, Optional<Kept> kept) {
        program.keep();
        if (kept.isPresent()) {
            try {
                LoadedSession loaded = backend.load(kept.get().executable());
                return new Model(loaded, kept.get().steps(), () -> compilation(program.lower(entries)));
            } catch (UserException damaged) {
                // Then it is made again.
            }
        }
        backend.expectCompile();
        long start = System.nanoTime();
        dev.weft.graph.Program lowered = program.lower(entries);
        double lowering = (System.nanoTime() - start) / 1e6;
        Compilation compilation = compilation(lowered);
        CompileSteps steps = CompileSteps.of(compilation, lowering);
        Session session = backend.compile(compilation.compiled(), CompileOptions.DEFAULT);
        programs.keep(key, () -> session.executable().map(bytes -> new Kept(steps, bytes)));
        return new Model(compilation, steps, session);
    }

    private Compilation compilation(dev.weft.graph.Program lowered) {
        Pipeline.Result passed = passes.run(lowered, Pipeline.Observer.NONE);
        return new Compilation(lowered, passed.program(), passed.steps());
    }

    /** What of the options changes machine code. */
    String options() {
        boolean free = options.budgetBytes() == BackendOptions.UNLIMITED;
        return "precision " + products()
                + (weights == WeightType.F32 ? "" : ", weights " + weights)
                + (free ? "" : ", budget %d on %d threads".formatted(options.budgetBytes(), options.threads()));
    }

    /**
     * Gives the entries their sizes and compiles them, together with all tensors that the program stores. These begin as zeros:
     * {@link Model#initialize} or {@link Model#load} fills them.
     *
     * @throws ProgramException if the model or the optimizer has not what the entries ask of it
     * @throws UserException if constants or sizes break a {@code where}, or there is no such entry
     * @throws dev.weft.graph.MachineException if memory does not suffice; nothing has been allocated then
     */
    public Model compile(Program program, EntryRequest... entries) {
        return compile(program, List.of(entries));
    }

    /** As {@link #compile(dev.weft.graph.Program, CompileOptions, Pipeline.Observer)}, with no wishes. */
    public Model compile(dev.weft.graph.Program lowered) {
        return compile(lowered, CompileOptions.DEFAULT, Pipeline.Observer.NONE);
    }

    @Override
    public void close() {
        backend.close();
        plugins.close();
    }
}
