package dev.weft.backend.cuda;

import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.LoadedSession;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Program;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Runs a training step on a described device, and tells how many kernels had to be compiled for that: a tiny model's step from its
 * program, another one from what was kept of it.
 */
final class SecondProcess {
    /** What is kept, in the cache folder. */
    static final String EXECUTABLE = "step.executable";

    private SecondProcess() {}

    /** @param arguments the cache folder, {@code compile} or {@code load} */
    public static void main(String... arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Nvrtc compiler = Described.compiler();
        CodeStore store = CodeStore.in(folder, CodeStore.LIMIT_BYTES);
        long start = System.nanoTime();
        try (CudaBackend backend =
                        new CudaBackend(Described.h200(64L << 30, compiler), BackendOptions.defaults(), store);
                Arena arena = Arena.ofConfined()) {
            LoadedSession loaded = arguments[1].equals("load")
                    ? backend.load(Files.readAllBytes(folder.resolve(EXECUTABLE)))
                    : compiled(backend);
            Session session = loaded.session();
            session.run("step", Described.zeros(loaded.program(), "step", arena));
            System.out.printf(
                    "compiled=%d kernels=%d loaded=%b mapped=%b problem=%s millis=%d%n",
                    backend.compiledKernels(),
                    session.statistics().kernels(),
                    compiler.isLoaded(),
                    Files.readString(Path.of("/proc/self/maps")).contains("libnvrtc"),
                    store.problem().orElse("none"),
                    (System.nanoTime() - start) / 1_000_000);
        }
    }

    private static LoadedSession compiled(CudaBackend backend) {
        Program program = Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L));
        return new LoadedSession(backend.compile(program, CompileOptions.DEFAULT), program);
    }
}
