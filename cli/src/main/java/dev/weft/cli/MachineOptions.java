package dev.weft.cli;

import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Backends;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import dev.weft.models.run.RunFolder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What computes, and how. */
final class MachineOptions {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})([kmg]?)b?");
    private static final Map<String, Long> UNITS = Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30);

    /** What products may read. */
    enum Precision {
        f32(ElementType.F32),
        tf32(ElementType.F32),
        bf16(ElementType.BF16),
        /** Products of weights in int8; all others read bf16. */
        int8(ElementType.BF16);

        private final ElementType element;

        Precision(ElementType element) {
            this.element = element;
        }

        /** That of a run. */
        static Precision of(Map<String, Object> run) {
            String products = RunFolder.products(run);
            return Arrays.stream(values())
                    .filter(precision -> precision.name().equals(products))
                    .findFirst()
                    .orElse(f32);
        }
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
            description =
                    "Threads that compute: at most four for each processor, or 64 if that is more. One for each processor if not given.")
    int threads = BackendOptions.defaults().threads();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "The most that tensors may take, such as 800m or 2g: what the machine has if not given.")
    @Nullable
    String memory;

    @Option(
            names = "--memory-budget",
            paramLabel = "SIZE",
            description = "Keep tensors within this by computing some of them again, and say what that costs.")
    @Nullable
    String budget;

    @Option(names = "--no-cache", description = "Compile, whatever was compiled before, and keep nothing of it.")
    boolean noCache;

    @Mixin
    final PluginOptions plugins = new PluginOptions();

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description =
                    "What matrix products read: f32, bf16, or tf32 on a GPU; with --weights int8 also int8, where what these weights are multiplied with is rounded to 8 bits too. All else is f32 always. Default: f32.")
    @Nullable
    Precision precision;

    /** Opens this backend, whatever was chosen: the one that a compiled file is for. */
    Weft open(String needed) {
        if (backend != null && !backend.equals(needed)) {
            throw refused("--backend %s: the file was compiled for backend %s".formatted(backend, needed));
        }
        backend = needed;
        return open();
    }

    /** Opens the backend that was chosen. The caller closes it. */
    Weft open() {
        if (precision == Precision.int8) {
            throw refused(
                    "--precision int8: is for weights that are held in int8, of which there are none here; choose f32 or bf16");
        }
        return opened();
    }

    /** Opens the backend that was chosen, for programs whose weights are held in a type. The caller closes it. */
    Weft open(WeightType weights) {
        if (precision == Precision.int8 && weights != WeightType.INT8) {
            throw refused("--precision int8: needs --weights int8, got --weights " + weights
                    + "; or choose --precision bf16");
        }
        Weft weft = opened();
        return weights == WeightType.F32 ? weft : weft.withWeights(weights);
    }

    private Weft opened() {
        validate();
        Weft weft = Weft.open(new WeftOptions(
                backend,
                threads,
                bytes("--memory", memory),
                bytes("--memory-budget", budget),
                plugins.paths,
                precision(),
                !noCache,
                precision == Precision.tf32,
                precision == Precision.int8));
        if (backend == null && weft.backendName().equals("reference")) {
            explainReference();
        }
        if (spec != null && spec.userObject() instanceof Action action) {
            action.afterwards(() -> weft.cacheProblem().ifPresent(problem -> action.note("cache: " + problem)));
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
        WeftOptions.wrongThreads(threads).ifPresent(wrong -> {
            throw refused("--threads: " + wrong);
        });
    }

    private ElementType precision() {
        return precision == null ? ElementType.F32 : precision.element;
    }

    /** Bytes in {@code 512k}, {@code 800m}, {@code 2g} or a plain number. */
    private long bytes(String option, @Nullable String text) {
        if (text == null) {
            return BackendOptions.UNLIMITED;
        }
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
            throw refused(
                    option + ": must be a positive number of bytes, with k, m or g behind it if you like; got " + text);
        }
        long count = Long.parseLong(size.group(1));
        long unit = UNITS.get(size.group(2));
        return count > Long.MAX_VALUE / unit ? BackendOptions.UNLIMITED : count * unit;
    }

    private ParameterException refused(String message) {
        if (spec == null) {
            throw new IllegalStateException("options: belong to no command");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
