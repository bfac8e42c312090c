package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.runtime.NativeMemory;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.testkit.AttentionGraph;
import dev.weft.backend.testkit.AttentionGraph.Mask;
import dev.weft.backend.testkit.Programs;
import dev.weft.backend.testkit.Values;
import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.schedule.ScheduleVerifier;
import dev.weft.graph.tensor.TensorBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention by panels: what is never stored, what is left out, and that threads do not change a byte. */
class CpuStreamTest {

    static Stream<AttentionGraph> samples() {
        return AttentionGraph.samples().stream().filter(sample -> sample.rows() > 4);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void noTensorOfAllWeightsIsStored(AttentionGraph sample) {
        Graph graph = sample.withGradient();
        long weights = sample.batch() * sample.shared() * sample.group() * sample.rows() * sample.columns();
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1))) {
            Schedule schedule = Schedule.of(graph, backend.fusionModel());
            ScheduleVerifier.verify(schedule);

            assertThat(schedule.regions().stream().map(Region::kind))
                    .contains(Region.Kind.STREAM, Region.Kind.STREAM)
                    .doesNotContain(Region.Kind.CONTRACT);
            assertThat(schedule.regions().stream()
                            .flatMap(region -> region.outputs().stream())
                            .filter(output -> output.type().rank() == 5)
                            .filter(output -> output.type().shape().elements() == weights))
                    .isEmpty();
            assertThat(kernels(backend, graph)).contains("panels[").doesNotContain("matmul[");
        }
    }

    private static String kernels(Backend backend, Graph graph) {
        try (Session session = backend.compile(Programs.run(graph), new CompileOptions(false, true))) {
            return session.stages().stream()
                    .filter(stage -> stage.name().equals("kernels"))
                    .map(Stage::text)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void threadsChangeNoByte() {
        for (AttentionGraph sample : List.of(
                new AttentionGraph(3, 1, 2, 130, 130, 16, Mask.BEFORE, true),
                new AttentionGraph(2, 2, 2, 144, 144, 16, Mask.BEFORE, true),
                new AttentionGraph(1, 3, 1, 300, 300, 24, Mask.WINDOW, false),
                new AttentionGraph(1, 3, 1, 100, 300, 24, Mask.UNTIL, false),
                new AttentionGraph(1, 6, 1, 2, 300, 24, Mask.UNTIL, false))) {
            for (Graph graph : List.of(sample.forward(), sample.withGradient())) {
                List<byte[]> single = run(graph, inputs(graph), 1);
                assertThat(run(graph, inputs(graph), 2))
                        .usingRecursiveComparison()
                        .isEqualTo(single);
                assertThat(run(graph, inputs(graph), 3))
                        .usingRecursiveComparison()
                        .isEqualTo(single);
            }
        }
    }

    /** Keys and values behind the last that an input lets be seen are not read: what is not finite there does not spread. */
    @ParameterizedTest
    @CsvSource({
        "9, 1000, UNTIL, 100",
        "130, 1024, UNTIL, 500",
        "64, 1024, BETWEEN, 700",
        "64, 1024, UNTIL, 5000",
        "1, 1024, UNTIL, 100",
        "4, 300, UNTIL, 0"
    })
    void whatAnInputHidesIsNotRead(long rows, long columns, Mask mask, int behind) {
        AttentionGraph sample = new AttentionGraph(1, 4, 1, rows, columns, 16, mask, false);
        long seen = Math.min(columns, Math.ceilDiv(behind + 10 + rows, 128) * 128);
        Map<String, MemorySegment> inputs = inputs(sample.forward());
        inputs.get("behind").set(ValueLayout.JAVA_INT, 0, behind);
        List<byte[]> wanted = run(sample.forward(), inputs, 2);
        for (String name : List.of("k", "v")) {
            MemorySegment rest = inputs.get(name).asSlice(seen * 4 * 16 * Float.BYTES);
            rest.fill((byte) -1);
        }
        assertThat(run(sample.forward(), inputs, 2)).usingRecursiveComparison().isEqualTo(wanted);
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(1))) {
            assertThat(kernels(backend, sample.forward())).contains("at most " + columns);
        }
    }

    private static Map<String, MemorySegment> inputs(Graph graph) {
        Map<String, MemorySegment> inputs = new HashMap<>();
        for (Value parameter : graph.parameters()) {
            MemorySegment memory = Arena.ofAuto().allocate(parameter.type().bytes(), 64);
            TensorBytes.write(Values.REAL.tensor(parameter.type(), new SplittableRandom(inputs.size())), memory);
            inputs.put(Graph.parameterName(parameter), memory);
        }
        return inputs;
    }

    private static List<byte[]> run(Graph graph, Map<String, MemorySegment> inputs, int threads) {
        long before = NativeMemory.liveBytes();
        try (Arena arena = Arena.ofConfined();
                Backend backend = new CpuBackendProvider().open(new BackendOptions(threads));
                Session session = backend.compile(Programs.run(graph), CompileOptions.DEFAULT)) {
            Map<String, Buffer> outputs = session.run("run", inputs);
            assertThat(NativeMemory.liveBytes() - before)
                    .as("held, of what was said before it ran")
                    .isEqualTo(session.statistics().peakBytes());
            List<byte[]> results = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                Buffer buffer = outputs.get("y" + i);
                MemorySegment to = arena.allocate(buffer.type().bytes(), 64);
                session.read(buffer, to);
                results.add(to.toArray(ValueLayout.JAVA_BYTE));
            }
            return results;
        }
    }
}
