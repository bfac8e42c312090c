package dev.weft.backend.cpu.codegen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.nest.PlaceCheck;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Table ops that read what was transposed and reshaped: their loops are their own, and are not split for the sake of a reshape. */
class TableKernelsTest {

    private final GraphBuilder graph = new GraphBuilder("f");

    private Value transposed(Value x) {
        return graph.add(new Permute(x, List.of(1, 0)));
    }

    private Value flat(Value x) {
        return graph.add(new Reshape(x, Shape.of(48)));
    }

    @Test
    void aSumAlongAnAxis() {
        Value turned = transposed(graph.parameter("x", TensorType.of(ElementType.F32, 6, 8)));
        Value x = flat(turned);
        Value sum = graph.add(new CumulativeSum(x, 0));

        assertThat(TableKernels.of(sum, List.of(turned, x, sum), Map.of())).hasSize(1);
    }

    @Test
    void aSumAtPlaces() {
        Value turned = transposed(graph.parameter("x", TensorType.of(ElementType.F32, 6, 8)));
        Value x = flat(turned);
        Value places = graph.parameter("places", TensorType.of(ElementType.I32, 48));
        Value sum = graph.add(new ScatterAdd(graph.parameter("into", TensorType.of(ElementType.F32, 5)), places, x));

        assertThat(TableKernels.of(sum, List.of(turned, x, sum), Map.of())).hasSize(2);
    }

    @Test
    void theCheckOfPlaces() {
        Value turned = transposed(graph.parameter("places", TensorType.of(ElementType.I32, 6, 8)));
        Value places = flat(turned);
        Value rows = graph.add(new Gather(graph.parameter("table", TensorType.of(ElementType.F32, 5)), places));

        assertThat(TableKernels.check(PlaceCheck.of(rows).orElseThrow(), List.of(turned, places, rows), Map.of())
                        .text())
                .contains(Kernel.NAME);
    }
}
