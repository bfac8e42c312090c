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
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.pass.precision.QuantizedRows;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of bf16, as they are or rounded to 8 bits, times weights in i8 with scales: right, and the same bytes for any number of threads and of
 * rows.
 */
class HeldProductTest {

    private static final List<Long> ROWS = List.of(5L, 7L, 8L, 9L, 16L, 17L, 33L, 64L, 65L, 89L);

    @ParameterizedTest
    @CsvSource({"768,50", "769,35", "63,17", "200,1", "1,16", "2,15", "129,131", "64,8"})
    void aRowIsTheSameBesideAnyOthers(long depth, long columns) {
        aRowIsTheSame(depth, columns, false);
    }

    @ParameterizedTest
    @CsvSource({"768,50", "64,1", "64,16", "128,15", "192,131", "3072,17"})
    void aRowThatIsRoundedIsTheSameBesideAnyOthers(long depth, long columns) {
        aRowIsTheSame(depth, columns, true);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatIsNotFiniteMakesItsRowNan(double number) {
        Graph graph = graph(7, 17, 192, ElementType.F32, true);
        List<Tensor> inputs = inputs(graph);
        inputs.getFirst().set(3 * 192 + 70, number);
        Entry entry = new Entry("f", graph.name(), List.of(), names(graph), List.of("o"), List.of());
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(2));
                Session session = backend.compile(
                        new Program(List.of(), List.of(graph), List.of(entry)), CompileOptions.DEFAULT)) {
            MemorySegment bytes = output(session, "f", graph, inputs);
            Tensor got = TensorBytes.read(graph.results().getFirst().type(), bytes);
            for (int i = 0; i < got.size(); i++) {
                assertThat(Double.isFinite(got.get(i))).as("%d", i).isEqualTo(i / 17 != 3);
                assertThat(Double.isNaN(got.get(i))).as("%d", i).isEqualTo(i / 17 == 3);
            }
        }
    }

    private static void aRowIsTheSame(long depth, long columns, boolean rounds) {
        for (ElementType to : List.of(ElementType.F32, ElementType.BF16)) {
            List<Graph> graphs = ROWS.stream()
                    .map(rows -> graph(rows, columns, depth, to, rounds))
                    .toList();
            List<MemorySegment> alone = outputs(graphs, 1);
            List<MemorySegment> together = outputs(graphs, 3);
            MemorySegment five = alone.getFirst();
            for (int i = 0; i < ROWS.size(); i++) {
                String name = "(%d, %d · %d) of %s".formatted(ROWS.get(i), depth, columns, to);
                assertThat(together.get(i).mismatch(alone.get(i)))
                        .as("%s: first byte that differs with three threads", name)
                        .isEqualTo(-1);
                assertThat(alone.get(i).asSlice(0, five.byteSize()).mismatch(five))
                        .as("%s: first byte that differs from that of five rows", name)
                        .isEqualTo(-1);
            }
        }
    }

    private static Graph graph(long rows, long columns, long depth, ElementType to, boolean rounds) {
        GraphBuilder b = new GraphBuilder("rows" + rows);
        Value x = b.parameter("x", TensorType.of(ElementType.BF16, rows, depth));
        Value q = b.parameter("q", TensorType.of(ElementType.I8, columns, depth));
        long groups = Math.ceilDiv(depth, Quantization.SIZE);
        long width = groups == 1 ? depth : Quantization.SIZE;
        Value scale = b.parameter("scale", TensorType.of(ElementType.F32, columns, groups));
        Value each = b.add(new Broadcast(scale, Shape.of(columns, groups, width), List.of(0, 1)));
        Value all = b.add(new Reshape(each, Shape.of(columns, groups * width)));
        Value scales = groups * width == depth
                ? all
                : b.add(new Slice(all, List.of(0L, 0L), List.of(columns, depth), List.of(1L, 1L)));
        Value w = b.add(new Mul(b.add(new Cast(q, ElementType.F32)), scales));
        Value left = rounds ? QuantizedRows.write(b, x).value() : x;
        Value right = rounds ? w : b.add(new Cast(w, ElementType.BF16));
        return b.build(List.of(b.add(new DotGeneral(left, right, List.of(), List.of(), List.of(1), List.of(1), to))));
    }

    /** Rows are drawn one after the other: the first are the same whatever their number. */
    private static Tensor drawn(TensorType type) {
        SplittableRandom random = new SplittableRandom(11);
        double[] data = random.doubles(type.shape().elements(), -1, 1).toArray();
        for (int i = 0; i < data.length; i++) {
            data[i] = type.element() == ElementType.I8
                    ? Math.rint(127 * data[i])
                    : type.element().round(data[i]);
        }
        return Tensor.of(type, data);
    }

    /** What the graphs give, held to the interpreter. */
    private static List<MemorySegment> outputs(List<Graph> graphs, int threads) {
        List<Entry> entries = graphs.stream()
                .map(graph -> new Entry(graph.name(), graph.name(), List.of(), names(graph), List.of("o"), List.of()))
                .toList();
        List<MemorySegment> outputs = new ArrayList<>();
        try (Backend backend = new CpuBackendProvider().open(new BackendOptions(threads));
                Session session =
                        backend.compile(new Program(List.of(), graphs, entries), new CompileOptions(false, true))) {
            assertThat(session.stages().stream()
                            .filter(stage -> stage.name().equals("kernels"))
                            .map(Stage::text))
                    .isNotEmpty()
                    .noneMatch(text -> text.contains("matmul"));
            graphs.forEach(graph -> outputs.add(output(session, graph)));
        }
        return outputs;
    }

    private static MemorySegment output(Session session, Graph graph) {
        List<Tensor> inputs = inputs(graph);
        MemorySegment bytes = output(session, graph.name(), graph, inputs);
        Tensor wanted =
                Interpreter.evaluate(graph, inputs, Interpreter.Mode.TYPED).getFirst();
        Agreement agreement = Agreement.of(TensorBytes.read(wanted.type(), bytes), wanted);
        assertThat(agreement.within(wanted.type().element() == ElementType.BF16 ? 1e-2 : 5e-5))
                .as("%s %s: %s", graph.name(), wanted.type(), agreement)
                .isTrue();
        return bytes;
    }

    private static List<Tensor> inputs(Graph graph) {
        return graph.parameters().stream().map(each -> drawn(each.type())).toList();
    }

    private static MemorySegment output(Session session, String entry, Graph graph, List<Tensor> inputs) {
        Map<String, MemorySegment> given = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            given.put(names(graph).get(i), TensorBytes.of(inputs.get(i)));
        }
        Buffer output = session.run(entry, given).get("o");
        MemorySegment bytes =
                MemorySegment.ofArray(new byte[Math.toIntExact(output.type().bytes())]);
        session.read(output, bytes);
        return bytes;
    }

    private static List<String> names(Graph graph) {
        return graph.parameters().stream().map(Graph::parameterName).toList();
    }
}
