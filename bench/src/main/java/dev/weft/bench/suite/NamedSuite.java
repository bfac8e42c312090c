package dev.weft.bench.suite;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.graph.MachineException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A suite: its rows, and where they run.
 *
 * @param name as {@code --suite} has it
 * @param rows in the order in which they run
 * @param backend that Weft's sides use; empty for the best of the machine
 * @param device that PyTorch's sides of a GPU use, as PyTorch calls it
 * @param machine what it runs on, in words; throws a {@link MachineException} with a sentence where it cannot run
 * @param peaks measured before anything else
 */
record NamedSuite(
        String name,
        List<Row> rows,
        String backend,
        String device,
        Supplier<String> machine,
        Function<Settings, Peaks> peaks) {

    private static final int THREADS = 2;
    private static final String CUDA = "cuda";

    NamedSuite {
        rows = List.copyOf(rows);
    }

    /** Those that there are, by name. */
    static List<NamedSuite> all() {
        return List.of(
                new NamedSuite("cpu", Rows.cpu(), "", "", () -> "", _ -> Peaks.measure(new Java(), THREADS)),
                cuda(),
                oracle());
    }

    private static NamedSuite cuda() {
        return new NamedSuite(
                CUDA,
                CudaRows.all(),
                CUDA,
                CUDA,
                NamedSuite::gpu,
                settings ->
                        Peaks.ofDevice(new Java(), new Python(settings.python(), settings.root()), settings.suite()));
    }

    /** For the bundle of a machine with a GPU: equal losses on all sides, times aside. */
    private static NamedSuite oracle() {
        return new NamedSuite(
                "oracle",
                CudaRows.oracle(),
                CUDA,
                CUDA,
                NamedSuite::gpu,
                _ -> new Peaks(Double.NaN, Double.NaN, Double.NaN, Double.NaN));
    }

    private static String gpu() {
        BackendProvider.Score score = Backends.named(CUDA).score();
        if (score.value() == 0) {
            throw new MachineException("bench --suite cuda: needs an NVIDIA GPU; " + score.reason());
        }
        return score.reason();
    }
}
