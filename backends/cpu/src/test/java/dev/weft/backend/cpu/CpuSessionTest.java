package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.runtime.NativeMemory;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Limits;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CpuSessionTest {

    private static Program program(Graph graph) {
        List<String> inputs =
                graph.parameters().stream().map(Graph::parameterName).toList();
        return new Program(
                List.of(), List.of(graph), List.of(new Entry("run", "f", List.of(), inputs, List.of("y"), List.of())));
    }

    /** A weight gradient: (rows, 64) and (rows, 64) to (64, 64). */
    private static Program weightGradient(long rows) {
        GraphBuilder graph = new GraphBuilder("f");
        TensorType type = TensorType.of(ElementType.F32, rows, 64);
        Value x = graph.parameter("x", type);
        Value g = graph.parameter("g", type);
        DotGeneral dot = new DotGeneral(x, g, List.of(), List.of(), List.of(0), List.of(0), ElementType.F32);
        return program(graph.build(List.of(graph.add(dot))));
    }

    private static Program layers(int count) {
        GraphBuilder graph = new GraphBuilder("f");
        Value x = graph.parameter("x", TensorType.of(ElementType.F32, 16, 32));
        Value w = graph.parameter("w", TensorType.of(ElementType.F32, 32, 32));
        Value y = x;
        for (int layer = 0; layer < count; layer++) {
            DotGeneral dot = new DotGeneral(y, w, List.of(), List.of(), List.of(1), List.of(0), ElementType.F32);
            y = graph.add(new Tanh(graph.add(new Add(graph.add(dot), x))));
        }
        return program(graph.build(List.of(y)));
    }

    /** A vector of each size, and the hyperbolic tangent of each, as an entry of its own. */
    private static Program tanhs(long... sizes) {
        List<Graph> graphs = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (long size : sizes) {
            GraphBuilder graph = new GraphBuilder("f" + size);
            Value x = graph.parameter("x", TensorType.of(ElementType.F32, size));
            graphs.add(graph.build(List.of(graph.add(new Tanh(x)))));
            entries.add(new Entry("run" + size, "f" + size, List.of(), List.of("x"), List.of("y"), List.of()));
        }
        return new Program(List.of(), graphs, entries);
    }

    @Test
    void aLongSumHasTheSameBytesForAnyNumberOfThreads() {
        long rows = 65_536;
        SplittableRandom random = new SplittableRandom(5);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(rows * 64 * Float.BYTES, 64);
            for (long i = 0; i < rows * 64; i++) {
                x.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
            }
            byte[][] results = new byte[3][64 * 64 * Float.BYTES];
            for (int threads = 1; threads <= 3; threads++) {
                try (Backend backend = new CpuBackendProvider().open(new BackendOptions(threads));
                        Session session = backend.compile(weightGradient(rows), CompileOptions.DEFAULT)) {
                    session.read(
                            session.run("run", Map.of("x", x, "g", x)).get("y"),
                            MemorySegment.ofArray(results[threads - 1]));
                }
            }
            assertThat(results[1]).isEqualTo(results[0]);
            assertThat(results[2]).isEqualTo(results[0]);
        }
    }

    @Test
    void equalLayersShareTheirKernels() {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1));
                Session three = backend.compile(layers(3), CompileOptions.DEFAULT);
                Session twelve = backend.compile(layers(12), CompileOptions.DEFAULT)) {
            assertThat(twelve.statistics().kernels())
                    .isEqualTo(three.statistics().kernels());
            assertThat(twelve.statistics().fallbackRegions()).isZero();
        }
    }

    /** What is computed element by element does not depend on how many elements there are. */
    @Test
    void tensorsOfManySizesShareAKernel() {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1));
                Session one = backend.compile(tanhs(5000), CompileOptions.DEFAULT);
                Session many = backend.compile(tanhs(2, 77, 4096, 5000, 9001), CompileOptions.DEFAULT)) {
            assertThat(one.statistics().kernels()).isEqualTo(1);
            assertThat(many.statistics().kernels()).isEqualTo(1);
        }
    }

    @Test
    void everyStageIsATextThatCanBeKept() {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1));
                Session session = backend.compile(layers(1), new CompileOptions(false, true))) {
            assertThat(session.stages().stream().map(Stage::name))
                    .containsExactly("schedule", "kernels", "plan", "ir", "llvm", "asm");
            assertThat(session.stages())
                    .allSatisfy(stage -> assertThat(stage.text()).isNotBlank());
        }
    }

    @Test
    void memoryIsWhatWasSaidAndIsGivenBack() {
        long before = NativeMemory.liveBytes();
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(2))) {
            Session session = backend.compile(layers(2), CompileOptions.DEFAULT);
            assertThat(NativeMemory.liveBytes() - before)
                    .isEqualTo(session.statistics().peakBytes());
            session.close();
            session.close();
            assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        }
    }

    /** Of {@link #layers}: x (16, 32) and w (32, 32). */
    private static Map<String, MemorySegment> inputs(Arena arena) {
        return Map.of(
                "x", arena.allocate(16 * 32 * Float.BYTES, 64),
                "w", arena.allocate(32 * 32 * Float.BYTES, 64));
    }

    @Test
    void aTimedSessionTellsWhenEachThreadDidEachStep() {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(2));
                Session session = backend.compile(layers(2), CompileOptions.DEFAULT.withTimeline());
                Arena arena = Arena.ofConfined()) {
            assertThat(session.timeline("run")).isEmpty();
            session.run("run", inputs(arena));

            Timeline timeline = session.timeline("run").orElseThrow();

            assertThat(timeline.threads()).isEqualTo(2);
            assertThat(timeline.steps().stream().map(Timeline.Step::region)).contains(0, 1);
            for (int thread = 0; thread < 2; thread++) {
                long before = timeline.begin();
                for (int step = 0; step < timeline.steps().size(); step++) {
                    assertThat(timeline.begin(step, thread) - before).isNotNegative();
                    before = timeline.end(step, thread);
                    assertThat(before - timeline.begin(step, thread)).isNotNegative();
                }
                assertThat(timeline.end() - before).isNotNegative();
            }
        }
    }

    @Test
    void withoutTheWishNothingIsTimed() {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1));
                Session session = backend.compile(layers(1), CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            session.run("run", inputs(arena));

            assertThat(session.timeline("run")).isEmpty();
        }
    }

    @Test
    void theLimitsOfTheMachineAreMeasured() {
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1))) {
            Limits limits = backend.limits().orElseThrow();

            assertThat(limits.f32Flops()).isPositive();
            assertThat(limits.bf16Flops()).isNotNegative();
            assertThat(limits.readBytes()).isPositive();
        }
    }
}
