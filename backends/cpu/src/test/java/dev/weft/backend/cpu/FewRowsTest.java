package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.testkit.Agreement;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Up to four rows times a matrix, either way round, f32 and bf16: right, and the same bytes for any number of threads and of rows. */
class FewRowsTest {

    private static final String ENTRY = "main";

    @ParameterizedTest
    @CsvSource({
        "768,768",
        "513,1000",
        "1023,257",
        "8,513",
        "2500,63",
        "64,4099",
        "1,5000",
        "5000,1",
        "17,255",
        "3000,300"
    })
    void everyLayoutAndType(long depth, long columns) {
        for (ElementType element : List.of(ElementType.F32, ElementType.BF16)) {
            for (boolean byColumn : new boolean[] {false, true}) {
                for (boolean tail : new boolean[] {false, true}) {
                    Case sizes = new Case(depth, columns, element, byColumn, tail);
                    List<MemorySegment> first = check(sizes, 1, 1);
                    assertThat(check(sizes, 1, 2).getFirst().mismatch(first.getFirst()))
                            .as("%s: first byte that differs with 2 threads", sizes)
                            .isEqualTo(-1);
                    for (int rows = 2; rows <= 4; rows++) {
                        MemorySegment more = check(sizes, rows, 3).getFirst();
                        assertThat(more.asSlice(0, first.getFirst().byteSize()).mismatch(first.getFirst()))
                                .as("%s: first byte of the first row that differs with %d rows", sizes, rows)
                                .isEqualTo(-1);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aBatchOfMatrices(boolean byColumn) {
        GraphBuilder b = new GraphBuilder(ENTRY);
        Value x = b.parameter("x", TensorType.of(ElementType.F32, 2, 3, 5, 70));
        long[] y = byColumn ? new long[] {2, 5, 33, 70} : new long[] {2, 5, 70, 33};
        Value z = b.add(new DotGeneral(
                x,
                b.parameter("y", TensorType.of(ElementType.F32, y)),
                List.of(0, 2),
                List.of(0, 1),
                List.of(3),
                List.of(byColumn ? 3 : 2),
                ElementType.F32));
        assertThat(check("batch", b.build(List.of(z)), 2)).hasSize(1);
    }

    /** The weights of attention: what they hide is not read, and what is not finite there does not spread. */
    @ParameterizedTest
    @CsvSource({"1", "3"})
    void whatAMaskHidesDoesNotSpread(long rows) {
        long positions = 100;
        long seen = 37;
        GraphBuilder b = new GraphBuilder(ENTRY);
        TensorType scores = TensorType.of(ElementType.F32, rows, positions);
        Value x = b.parameter("x", scores);
        Value values = b.parameter("values", TensorType.of(ElementType.F32, positions, 70));
        Value place = b.add(new Iota(scores.shape(), 1, ElementType.I32));
        Value isSeen = b.add(new Lt(place, b.full(place.type(), seen)));
        Value masked = b.add(new Select(isSeen, x, b.full(scores, Double.NEGATIVE_INFINITY)));
        Value weights = b.add(new Exp(masked));
        Value z = b.add(new DotGeneral(weights, values, List.of(), List.of(), List.of(1), List.of(0), ElementType.F32));
        Graph graph = b.build(List.of(weights, z));
        float[] finite = read(graph, rows, seen, 0);
        float[] notFinite = read(graph, rows, seen, Float.NaN);
        assertThat(notFinite).isEqualTo(finite).doesNotContain(Float.NaN);
    }

    /** The product, with {@code beyond} in the group of eight positions behind the last that is seen, and further. */
    private static float[] read(Graph graph, long rows, long seen, float beyond) {
        long hidden = Math.ceilDiv(seen, 8) * 8;
        float[] x = new float[Math.toIntExact(rows * 100)];
        float[] values = new float[7000];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextDouble();
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = i < hidden * 70 ? (float) random.nextDouble() : beyond;
        }
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(2));
                Session session = backend.compile(program(graph, List.of("weights", "z")), CompileOptions.DEFAULT)) {
            Buffer output = session.run(
                            ENTRY, Map.of("x", MemorySegment.ofArray(x), "values", MemorySegment.ofArray(values)))
                    .get("z");
            MemorySegment bytes = MemorySegment.ofArray(new float[Math.toIntExact(rows * 70)]);
            session.read(output, bytes);
            return bytes.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static Program program(Graph graph, List<String> outputs) {
        List<String> names =
                graph.parameters().stream().map(Graph::parameterName).toList();
        return new Program(
                List.of(),
                List.of(graph),
                List.of(new Entry(ENTRY, graph.name(), List.of(), names, outputs, List.of())));
    }

    private record Case(long depth, long columns, ElementType element, boolean byColumn, boolean tail) {

        Graph graph(long rows) {
            GraphBuilder b = new GraphBuilder(ENTRY);
            Value x = b.parameter("x", TensorType.of(element, rows, depth));
            long[] sizes = byColumn ? new long[] {columns, depth} : new long[] {depth, columns};
            Value y = b.parameter("y", TensorType.of(element, sizes));
            Value z = b.add(
                    new DotGeneral(x, y, List.of(), List.of(), List.of(1), List.of(byColumn ? 1 : 0), ElementType.F32));
            if (!tail) {
                return b.build(List.of(z));
            }
            Value bias = b.parameter("bias", TensorType.of(ElementType.F32, columns));
            Value sum = b.add(new Add(z, b.add(new Broadcast(bias, z.type().shape(), List.of(1)))));
            return b.build(List.of(b.add(new Cast(b.add(new Tanh(sum)), element))));
        }
    }

    private static List<MemorySegment> check(Case sizes, long rows, int threads) {
        return check(sizes + " with " + rows + " rows", sizes.graph(rows), threads);
    }

    private static List<MemorySegment> check(String name, Graph graph, int threads) {
        List<String> names =
                graph.parameters().stream().map(Graph::parameterName).toList();
        Program program = program(graph, List.of("o"));
        // Rows are drawn one after the other: the first is the same whatever their number.
        List<Tensor> inputs = new ArrayList<>();
        for (Value parameter : graph.parameters()) {
            SplittableRandom random = new SplittableRandom(11);
            TensorType type = parameter.type();
            double[] data = random.doubles(type.shape().elements(), -1, 1).toArray();
            // As memory holds them: rounded to the type.
            inputs.add(TensorBytes.read(type, TensorBytes.of(Tensor.of(type, data))));
        }
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(threads));
                Session session = backend.compile(program, new CompileOptions(false, true))) {
            assertThat(session.stages().stream()
                            .filter(s -> s.name().equals("kernels"))
                            .map(Stage::text))
                    .as("%s: kernels", name)
                    .noneMatch(text -> text.contains("matmul"));
            Map<String, MemorySegment> given = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                given.put(names.get(i), TensorBytes.of(inputs.get(i)));
            }
            Buffer output = session.run(ENTRY, given).get("o");
            MemorySegment bytes =
                    MemorySegment.ofArray(new byte[Math.toIntExact(output.type().bytes())]);
            session.read(output, bytes);
            Tensor wanted =
                    Interpreter.evaluate(graph, inputs, Interpreter.Mode.EXACT).getFirst();
            Agreement agreement = Agreement.of(TensorBytes.read(wanted.type(), bytes), wanted);
            double tolerance = output.type().element() == ElementType.BF16 ? 1e-2 : 1e-4;
            assertThat(agreement.within(tolerance))
                    .as("%s: %s", name, agreement)
                    .isTrue();
            return List.of(bytes);
        }
    }
}
