package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.host.KernelLog;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.reference.ReferenceProvider;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.models.Weft;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Norms and their gradients, of rows that begin at packs of elements and of rows that do not, in all orders of threads. */
class NormsTest {
    private static final int ROWS = 37;

    private static final String TEXT = """
            model Norms(rows, width) {
                fn normed(x: f32[rows, width], weight, bias: f32[width]) -> f32[rows, width] {
                    centred = x - mean(x, -1)[..., _]
                    centred / sqrt(mean(centred * centred, -1)[..., _] + 1e-5) * weight + bias
                }
                fn scored(x, dy: f32[rows, width], weight, bias: f32[width]) -> f32[] = sum(normed(x, weight, bias) * dy)
                fn forward(x, made: f32[rows, width], weight, bias: f32[width]) -> (f32[rows, width], f32[rows, width]) {
                    sum_of_both = x + made
                    (sum_of_both, normed(sum_of_both, weight, bias))
                }
                fn backward(x, dy: f32[rows, width], weight, bias: f32[width]) -> (f32[rows, width], f32[width], f32[width]) =
                    grad(scored, wrt x, wrt weight, wrt bias)(x, dy, weight, bias)
            }
            """;

    private static Program program(String entry, int width) {
        Map<String, String> sizes = Map.of("rows", Integer.toString(ROWS), "width", Integer.toString(width));
        return Weft.PASSES.run(
                dev.weft.models.Program.of("norms", TEXT).with(sizes).lower(List.of(EntryRequest.of(entry, Map.of()))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 768, 769})
    void equalTheReference(int width) {
        for (String entry : List.of("forward", "backward")) {
            Program program = program(entry, width);
            Map<String, float[]> wanted = run(new ReferenceProvider(), program, entry);
            Map<String, float[]> got = run(new HostProvider(Order.all(1)), program, entry);
            wanted.forEach((name, values) -> {
                float most = 0;
                for (float value : values) {
                    most = Math.max(most, Math.abs(value));
                }
                assertThat(got.get(name))
                        .as(entry + " " + name)
                        .containsExactly(values, org.assertj.core.data.Offset.offset(1e-4f * most + 1e-5f));
            });
        }
    }

    /** Counted in the kernels' text: a tensor of the full size is read in one place, sixteen bytes at once, or not at all. */
    @Test
    void readEachTensorOnce() {
        for (String entry : List.of("forward", "backward")) {
            KernelLog log = new KernelLog(0);
            run(new HostProvider(Order.FORWARD, log), program(entry, 768), entry);
            Map<String, Integer> reads = new LinkedHashMap<>();
            for (String kernel : log.compiled()) {
                Pattern tensor =
                        Pattern.compile("const float\\* __restrict__ (a\\d+) /\\* f32\\[37:?\\w*,768:?\\w*\\] \\*/");
                for (MatchResult found : tensor.matcher(kernel).results().toList()) {
                    String name = found.group(1);
                    reads.merge(kernel.hashCode() + name, count(kernel, "load<4>(" + name + " + "), Integer::sum);
                    assertThat(kernel).doesNotContain(name + "[");
                }
            }
            assertThat(reads.values())
                    .as(entry + " " + log.compiled())
                    .hasSize(2)
                    .containsOnly(1);
        }
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private static Map<String, float[]> run(BackendProvider provider, Program program, String name) {
        try (Backend backend = provider.open(new BackendOptions(1));
                Session session = backend.compile(program, CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            Random random = new Random(3);
            var entry = program.entry(name);
            List<Value> parameters = program.body(entry).parameters();
            Map<String, MemorySegment> inputs = new HashMap<>();
            for (int i = 0; i < entry.inputs().size(); i++) {
                MemorySegment values = arena.allocate(
                        parameters.get(entry.reads().size() + i).type().bytes(), 8);
                for (long k = 0; k < values.byteSize() / Float.BYTES; k++) {
                    values.setAtIndex(ValueLayout.JAVA_FLOAT, k, (float) random.nextGaussian());
                }
                inputs.put(entry.inputs().get(i), values);
            }
            Map<String, float[]> results = new LinkedHashMap<>();
            session.run(name, inputs).forEach((output, buffer) -> {
                MemorySegment values = arena.allocate(buffer.type().bytes(), 8);
                session.read(buffer, values);
                results.put(output, values.toArray(ValueLayout.JAVA_FLOAT));
            });
            return results;
        }
    }
}
