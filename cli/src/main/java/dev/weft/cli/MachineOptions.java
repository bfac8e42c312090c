package dev.weft.cli;

import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Backends;
import dev.weft.models.Weft;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What computes, and how. */
final class MachineOptions {

    /** Element types to compute in. */
    enum Precision {
        f32,
        bf16
    }

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec spec;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "What computes; see weft backends. The best one if not given.")
    @Nullable
    String backend;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that compute. One for each processor if not given.")
    int threads = BackendOptions.defaults().threads();

    @Option(names = "--precision", paramLabel = "TYPE", description = "Element type to compute in: f32.")
    Precision precision = Precision.f32;

    /** Opens the backend that was chosen. The caller closes it. */
    Weft open() {
        validate();
        Weft weft = Weft.open(backend, threads);
        if (backend == null && weft.backendName().equals("reference")) {
            explainReference();
        }
        return weft;
    }

    /** Says what the faster backends lack: nobody who did not ask for the reference backend expects to wait for it. */
    private void explainReference() {
        if (spec != null && spec.userObject() instanceof Action action) {
            Backends.find().stream()
                    .filter(provider -> provider.score().value() == 0)
                    .forEach(provider -> action.note(provider.score().reason()));
            action.note("computing with the reference backend, which is exact and very slow");
        }
    }

    private void validate() {
        if (threads < 1) {
            throw refused("--threads: must be at least 1, got " + threads);
        }
        if (precision == Precision.bf16) {
            throw refused("--precision bf16: comes with a later version; this one computes in f32");
        }
    }

    private ParameterException refused(String message) {
        if (spec == null) {
            throw new IllegalStateException("options: belong to no command");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
