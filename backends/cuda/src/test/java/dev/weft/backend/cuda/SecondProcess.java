package dev.weft.backend.cuda;

import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.Program;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Compiles a training step for a described device and runs it, and tells how many kernels had to be compiled for that. */
final class SecondProcess {
    private SecondProcess() {}

    /** @param arguments the cache folder, {@code tiny} or {@code whole} */
    public static void main(String... arguments) throws IOException {
        Program program = arguments[1].equals("tiny")
                ? Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L))
                : Models.whole("step", Map.of("B", 8L, "T", 1024L));
        Nvrtc compiler = Described.compiler();
        CodeStore store = CodeStore.in(Path.of(arguments[0]), CodeStore.LIMIT_BYTES);
        long start = System.nanoTime();
        try (CudaBackend backend =
                        new CudaBackend(Described.h200(64L << 30, compiler), BackendOptions.defaults(), store);
                Session session = backend.compile(program, CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            session.run("step", Described.zeros(program, "step", arena));
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
}
