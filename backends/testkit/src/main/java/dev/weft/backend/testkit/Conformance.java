package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The conformance kit for one backend. Every input and output lies between guard zones; the reference is the interpreter.
 *
 * <pre>{@code
 * try (Conformance kit = new Conformance(Backends.named("cpu"))) {
 *     Report report = kit.run(outcome -> {});
 * }
 * }</pre>
 */
public final class Conformance implements AutoCloseable {

    private static final BackendOptions TWO_THREADS = new BackendOptions(2);

    private final BackendProvider provider;
    private @Nullable Backend backend;

    public Conformance(BackendProvider provider) {
        this.provider = provider;
    }

    /**
     * Opens the backend, which otherwise the first check does.
     *
     * @throws RuntimeException what the backend throws where it cannot be opened: then no check can say more
     */
    public void open() {
        backend();
    }

    /** All checks, in the order of the report. */
    public List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        checks.addAll(new OpChecks(this::backend).checks());
        checks.addAll(new ProductChecks(this::backend).checks());
        checks.addAll(new HeldWeightChecks(this::backend).checks());
        checks.addAll(new FusionChecks(this::backend).checks());
        checks.addAll(new AttentionChecks(this::backend).checks());
        checks.addAll(new GradientChecks(this::backend).checks());
        checks.addAll(new StoredChecks(this::backend).checks());
        checks.addAll(new DeterminismChecks(provider, this::backend).checks());
        checks.addAll(new MisuseChecks(this::backend).checks());
        return checks;
    }

    /**
     * Runs all checks.
     *
     * @param progress told each outcome when it is there
     */
    public Report run(Consumer<Outcome> progress) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Check check : checks()) {
            Outcome outcome = check.run();
            outcomes.add(outcome);
            progress.accept(outcome);
        }
        return new Report(provider.name(), outcomes);
    }

    private synchronized Backend backend() {
        if (backend == null) {
            backend = provider.open(TWO_THREADS);
        }
        return backend;
    }

    @Override
    public synchronized void close() {
        if (backend != null) {
            backend.close();
            backend = null;
        }
    }
}
