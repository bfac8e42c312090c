package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.nativelib.ScriptedGpu;
import dev.weft.backend.cuda.runtime.EntryRun;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.DefectException;
import dev.weft.graph.Program;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs by the code that a GPU would be used by, down to the functions of NVIDIA's libraries. */
class ScriptedGpuTest {
    private static final Program STEP = Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L));

    @TempDir
    private static Path folder;

    /** Of a version for each test: ways to make products are timed anew, kernels are compiled once for all. */
    private ScriptedGpu gpu = new ScriptedGpu(1L << 30, 13_000);

    private CodeStore store() {
        return CodeStore.in(folder, CodeStore.LIMIT_BYTES);
    }

    private static Map<String, MemorySegment> zeros() {
        return Described.zeros(STEP, "step", Arena.ofAuto());
    }

    private int count(String function) {
        return Collections.frequency(gpu.calls, function);
    }

    private void train(CompileOptions options) {
        Device device = gpu.open();
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                Session session = backend.compile(STEP, options)) {
            for (int step = 0; step < 3; step++) {
                Buffer loss = session.run("step", zeros()).values().iterator().next();
                session.expect("step", ScriptedGpuTest::zeros);
                session.read(loss, Arena.ofAuto().allocate(loss.type().bytes(), 8));
            }
            session.expect("step", ScriptedGpuTest::zeros);
        }
        assertThat(gpu.left()).isEmpty();
        assertThat(count("CONTEXT_RELEASE")).as("cuBLASLt has been loaded").isZero();
    }

    @Test
    void trainsByGraphsAndGivesEverythingBack() {
        train(CompileOptions.DEFAULT);
        assertThat(count("GRAPH_LAUNCH")).isEqualTo(3);
        assertThat(count("GRAPH_INSTANTIATE")).isEqualTo(2);
        int began = gpu.calls.indexOf("CAPTURE_BEGIN");
        assertThat(gpu.calls.subList(began, gpu.calls.indexOf("CAPTURE_END")))
                .contains("LAUNCH", "MATMUL", "COPY_IN")
                .doesNotContain("MODULE_LOAD", "MODULE_FUNCTION", "HEURISTIC", "MEMORY_ALLOCATE", "HOST_ALLOCATE");
    }

    @Test
    void whatWasTimedIsTriedOnceMoreAndNotTimed() {
        gpu = new ScriptedGpu(1L << 30, 13_010);
        train(CompileOptions.DEFAULT);
        // Of each product one way was refused, and the other one was timed.
        assertThat(gpu.calls.subList(0, gpu.calls.indexOf("CAPTURE_BEGIN"))).contains("EVENT_ELAPSED", "MATMUL");
        gpu.calls.clear();
        train(CompileOptions.DEFAULT);
        assertThat(gpu.calls).doesNotContain("EVENT_ELAPSED");
        assertThat(gpu.calls.subList(0, gpu.calls.indexOf("CAPTURE_BEGIN"))).contains("MATMUL");
    }

    @Test
    void stepwiseRecordsNothing() {
        System.setProperty(EntryRun.STEPWISE, "true");
        try {
            train(CompileOptions.DEFAULT);
        } finally {
            System.clearProperty(EntryRun.STEPWISE);
        }
        assertThat(gpu.calls).doesNotContain("CAPTURE_BEGIN", "GRAPH_LAUNCH").contains("LAUNCH", "MATMUL");
    }

    @Test
    void aKernelThatFailsIsToldOnceAndEverythingIsGivenBackAsFarAsItGoes() {
        Device device = gpu.open();
        assertThatThrownBy(() -> {
                    try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                            Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
                        Buffer loss =
                                session.run("step", zeros()).values().iterator().next();
                        gpu.calls.clear();
                        gpu.broken = 700;
                        session.read(loss, Arena.ofAuto().allocate(loss.type().bytes(), 8));
                    }
                })
                .isInstanceOf(DefectException.class)
                .hasMessageStartingWith("cuda device: copying from the device failed with status 700")
                .hasMessageContaining("what was given to the device before is the cause");
        assertThat(gpu.calls)
                .contains(
                        "GRAPH_EXEC_DESTROY",
                        "EVENT_DESTROY",
                        "STREAM_DESTROY",
                        "MODULE_UNLOAD",
                        "MEMORY_FREE",
                        "HOST_FREE",
                        "DESTROY");
    }

    /** Of no run are there times before it is over, and of each there are behind it. */
    @Test
    void partsAreTimedByEventsInTheGraph() throws InterruptedException {
        Device device = gpu.open();
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT.withTimeline())) {
            Thread other = new Thread(() -> session.run("step", zeros()));
            other.start();
            other.join();
            assertThat(session.timeline("step")).isPresent();
        }
        assertThat(count("EVENT_RECORD_FLAGS")).isGreaterThan(10);
        assertThat(gpu.left()).isEqualTo(List.of());
    }
}
