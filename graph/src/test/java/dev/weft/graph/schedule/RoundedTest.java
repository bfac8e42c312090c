package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.pass.precision.QuantizedRows;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Left operands that a product rounds to 8 bits as it reads them, and what of them a schedule stores. */
class RoundedTest {

    private static final FusionModel ROUNDS =
            FusionModel.STANDARD.withWidening().withRounding();

    /** What else a graph gives besides the product. */
    private enum More {
        NOTHING,
        ROWS,
        PRODUCT_OF_ROWS
    }

    private static Graph graph(More more) {
        GraphBuilder b = new GraphBuilder("f");
        Value given = b.parameter("x", TensorType.of(ElementType.BF16, 16, 128));
        Value x = b.add(new Tanh(given));
        Value q = b.parameter("q", TensorType.of(ElementType.I8, 9, 128));
        Value scale = b.parameter("scale", TensorType.of(ElementType.F32, 9, 2));
        Value each = b.add(new Broadcast(scale, Shape.of(9, 2, 64), List.of(0, 1)));
        Value scales = b.add(new Reshape(each, Shape.of(9, 128)));
        Value w = b.add(new Mul(b.add(new Cast(q, ElementType.F32)), scales));
        Value rows = QuantizedRows.write(b, x).value();
        List<Value> results = new ArrayList<>(List.of(product(b, rows, w)));
        switch (more) {
            case NOTHING -> {}
            case ROWS -> results.add(rows);
            case PRODUCT_OF_ROWS ->
                results.add(product(b, rows, b.parameter("y", TensorType.of(ElementType.F32, 3, 128))));
        }
        return b.build(results);
    }

    private static Value product(GraphBuilder b, Value x, Value y) {
        return b.add(new DotGeneral(x, y, List.of(), List.of(), List.of(1), List.of(1), ElementType.F32));
    }

    private static String contractions(Graph graph, FusionModel model) {
        StringBuilder lines = new StringBuilder();
        Cases.outline(Schedule.of(graph, model))
                .lines()
                .filter(line -> line.startsWith("contract"))
                .forEach(line -> lines.append(line).append('\n'));
        return lines.toString();
    }

    @Test
    void theProductReadsRowsAsTheyAre() {
        assertThat(Cases.outline(Schedule.of(graph(More.NOTHING), ROUNDS))).isEqualTo("""
                map (16,128|) reads %0 stores %3
                contract (16|9) reads %3 %1 %2 stores %33
                """);
    }

    @Test
    void aBackendWithoutIntegersStoresWhatIsRestored() {
        Graph graph = graph(More.NOTHING);
        assertThat(contractions(graph, FusionModel.STANDARD.withWidening()))
                .isEqualTo("contract (16|9) reads %31 %1 %2 stores %33\n");
        assertThat(contractions(graph, ROUNDS.withStreams(FusionModel.Streams.STANDARD)))
                .isEqualTo("contract (16|9) reads %3 %1 %2 stores %33\n");
    }

    @Test
    void whatOthersReadIsStored() {
        assertThat(contractions(graph(More.ROWS), ROUNDS)).contains("%32 ");
        assertThat(contractions(graph(More.PRODUCT_OF_ROWS), ROUNDS)).contains("%32 ");
    }
}
