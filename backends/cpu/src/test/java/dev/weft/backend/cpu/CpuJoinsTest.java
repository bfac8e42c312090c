package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Agreement;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parts of a concat that are computed where it is written: forward, as rotary positions turn, and moved behind it, as backward does. */
class CpuJoinsTest {

    /** Turns {@code wide} columns and as many that follow together with others, and moves rows between heads. */
    private static Graph turned(int heads, int rows, int wide, int others) {
        int width = wide + others;
        return ProgramParser.parseGraph("""
                fn @run(%%0 "x": f32[%1$d,%2$d,%3$d], %%1 "angle": f32[%2$d,%4$d]) {
                  %%2 = cos %%1 : f32[%2$d,%4$d]
                  %%3 = slice %%0 starts=[0,0,0] limits=[%1$d,%2$d,%4$d] strides=[1,1,1] : f32[%1$d,%2$d,%4$d]
                  %%4 = slice %%0 starts=[0,0,%4$d] limits=[%1$d,%2$d,%3$d] strides=[1,1,1] : f32[%1$d,%2$d,%5$d]
                  %%5 = broadcast %%2 shape=[%1$d,%2$d,%4$d] axes=[1,2] : f32[%1$d,%2$d,%4$d]
                  %%6 = mul %%3, %%5 : f32[%1$d,%2$d,%4$d]
                  %%7 = slice %%0 starts=[0,0,0] limits=[%1$d,%2$d,%5$d] strides=[1,1,1] : f32[%1$d,%2$d,%5$d]
                  %%8 = add %%4, %%7 : f32[%1$d,%2$d,%5$d]
                  %%9 = concat %%6, %%8 axis=2 : f32[%1$d,%2$d,%3$d]
                  %%10 = permute %%9 axes=[1,0,2] : f32[%2$d,%1$d,%3$d]
                  %%11 = reshape %%10 shape=[%2$d,%6$d] : f32[%2$d,%6$d]
                  %%12 = dot_general %%11, %%11 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[%2$d,%2$d]
                  return %%12
                }
                """.formatted(heads, rows, width, wide, others, heads * width));
    }

    @ParameterizedTest
    @CsvSource({"3, 9, 8, 8", "2, 17, 32, 32", "5, 7, 1, 1", "4, 33, 5, 5", "2, 8, 7, 3", "3, 9, 5, 12"})
    void whatIsJoinedIsComputedInPlace(int heads, int rows, int wide, int others) {
        Graph graph = turned(heads, rows, wide, others);
        SplittableRandom random = new SplittableRandom(heads * 100L + rows);
        List<Tensor> inputs = graph.parameters().stream()
                .map(parameter -> tensor(parameter.type(), random))
                .toList();
        List<Tensor> wanted = Interpreter.evaluate(graph, inputs, Interpreter.Mode.TYPED);
        MemorySegment one = run(graph, inputs, 1);
        assertThat(Agreement.of(TensorBytes.read(wanted.getFirst().type(), one), wanted.getFirst())
                        .within(1e-5))
                .isTrue();
        assertThat(run(graph, inputs, 3).mismatch(one)).isEqualTo(-1);
    }

    private static Tensor tensor(TensorType type, SplittableRandom random) {
        Tensor tensor = Tensor.zeros(type);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, random.nextDouble(-2, 2));
        }
        return tensor;
    }

    private static MemorySegment run(Graph graph, List<Tensor> inputs, int threads) {
        Entry entry = new Entry("run", graph.name(), List.of(), List.of("x", "angle"), List.of("out"), List.of());
        Program program = new Program(List.of(), List.of(graph), List.of(entry));
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(threads));
                Session session = backend.compile(program, CompileOptions.DEFAULT)) {
            // The cosines, what is turned and moved, and the product.
            assertThat(Schedule.of(graph, backend.fusionModel()).regions()).hasSizeLessThanOrEqualTo(3);
            Map<String, Buffer> outputs = session.run(
                    "run", Map.of("x", TensorBytes.of(inputs.get(0)), "angle", TensorBytes.of(inputs.get(1))));
            Buffer out = outputs.get("out");
            MemorySegment bytes =
                    MemorySegment.ofArray(new byte[Math.toIntExact(out.type().bytes())]);
            session.read(out, bytes);
            return bytes;
        }
    }
}
