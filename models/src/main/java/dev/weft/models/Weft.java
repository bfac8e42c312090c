package dev.weft.models;

import dev.weft.autodiff.Differentiate;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.canonical.Canonical;
import dev.weft.graph.pass.inline.Inline;
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

    private final Backend backend;
    private final String backendName;

    private Weft(Backend backend, String backendName) {
        this.backend = backend;
        this.backendName = backendName;
    }

    /** The best backend of this machine, on all its processors. */
    public static Weft open() {
        return open(null, BackendOptions.defaults().threads());
    }

    /**
     * @param backendName a backend's name; null for the best one
     * @param threads threads that compute, at least 1
     * @throws dev.weft.graph.UserException if there is no backend of that name
     * @throws dev.weft.graph.MachineException if it cannot run here
     */
    public static Weft open(@Nullable String backendName, int threads) {
        BackendProvider provider = backendName == null ? Backends.best() : Backends.named(backendName);
        return new Weft(provider.open(new BackendOptions(threads)), provider.name());
    }

    public Backend backend() {
        return backend;
    }

    public String backendName() {
        return backendName;
    }

    /**
     * Takes a lowered program through all passes and the backend.
     *
     * @param observer sees the program after every pass
     */
    public Model compile(dev.weft.graph.Program lowered, CompileOptions options, Pipeline.Observer observer) {
        Pipeline.Result passed = PASSES.run(lowered, observer);
        Session session = backend.compile(passed.program(), options);
        return new Model(new Compilation(lowered, passed.program(), passed.steps()), session);
    }

    public Model compile(dev.weft.graph.Program lowered) {
        return compile(lowered, CompileOptions.DEFAULT, Pipeline.Observer.NONE);
    }

    @Override
    public void close() {
        backend.close();
    }
}
