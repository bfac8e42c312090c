package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.backend.cuda.nativelib.KernelReport;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** What NVIDIA's compiler must say of kernels. */
final class KernelChecks {
    private static final int BATCH = 64;
    private static final int THREADS = 2;

    /** For the compiler's recursion. */
    private static final long STACK_BYTES = 64L << 20;

    /** The compiler's own sine goes through local memory for angles beyond 10⁵, which is a branch that models never take. */
    private static final Pattern REDUCES_LARGE_ANGLES = Pattern.compile("\\b(sin|cos)f?\\(");

    private KernelChecks() {}

    /** Compiles all kernels, on two threads; how many there were. */
    static int compile(CollectedKernels kernels, String architecture) {
        Nvrtc compiler = new Nvrtc(Redistributable.libraries(), architecture);
        try (ExecutorService workers = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().stackSize(STACK_BYTES).factory())) {
            List<CompletableFuture<Integer>> checked = new ArrayList<>();
            for (List<Source> batch : kernels.batches(BATCH)) {
                checked.add(CompletableFuture.supplyAsync(() -> check(batch, compiler.compile(batch)), workers));
            }
            return checked.stream().mapToInt(CompletableFuture::join).sum();
        }
    }

    /** Nothing is spilled, nothing goes through local memory, and the compiler warns of nothing. */
    private static int check(List<Source> batch, Image image) {
        Cubin cubin = Cubin.read(image.bytes());
        Map<String, KernelReport> reports = new HashMap<>();
        KernelReport.parse(image.log()).forEach(report -> reports.put(report.name(), report));
        for (Source kernel : batch) {
            Cubin.Kernel compiled = cubin.kernel(kernel.name()).orElseThrow();
            KernelReport report = Objects.requireNonNull(reports.get(kernel.name()), kernel.name());
            String what = report + "\n" + kernel.text();
            assertThat(compiled.parameters()).as(what).hasSize(kernel.parameters());
            assertThat(report.warnings()).as(what).isEmpty();
            if (!REDUCES_LARGE_ANGLES.matcher(kernel.text()).find()) {
                assertThat(report.spills()).as(what).isFalse();
                assertThat(compiled.count(List.of(Cubin.LDL, Cubin.STL)))
                        .as(what)
                        .isZero();
            }
        }
        return batch.size();
    }
}
