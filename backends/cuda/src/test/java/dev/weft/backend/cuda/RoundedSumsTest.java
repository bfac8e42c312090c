package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.epilogue.RoundedSums;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which products give the narrow type because nothing reads them in f32. */
class RoundedSumsTest {
    private static final long HEADS = 3;
    private static final long ROWS = 8;
    private static final long WIDTH = 4;

    private final GraphBuilder b = new GraphBuilder("f");
    private final Value x = b.parameter("x", TensorType.of(ElementType.BF16, HEADS, ROWS, ROWS));
    private final Value y = b.parameter("y", TensorType.of(ElementType.BF16, HEADS, ROWS, WIDTH));

    /** The sum over rows for each head, as {@code (rows, heads, width)}. */
    private Value gradient() {
        Value product = b.add(new DotGeneral(x, y, List.of(0), List.of(0), List.of(1), List.of(1), ElementType.F32));
        return b.add(new Permute(product, List.of(1, 0, 2)));
    }

    private Value bf16(Value value) {
        return b.add(new Cast(value, ElementType.BF16));
    }

    private Value joined() {
        return b.add(new Concat(List.of(gradient(), gradient()), 2));
    }

    private static List<String> ops(Graph graph) {
        return new RoundedSums()
                .apply(graph).values().stream()
                        .filter(value -> value.op() instanceof DotGeneral || value.op() instanceof Cast)
                        .map(value -> value.op().mnemonic() + " " + value.type().element())
                        .distinct()
                        .toList();
    }

    @Test
    void aJoinThatOnlyACastReadsIsOfRoundedProducts() {
        assertThat(ops(b.build(List.of(bf16(joined()))))).containsExactly("dot_general bf16");
    }

    @Test
    void aProductThatIsReadInF32Stays() {
        Value join = joined();
        assertThat(ops(b.build(List.of(bf16(join), b.add(new Tanh(join))))))
                .containsExactly("dot_general f32", "cast bf16");
        assertThat(ops(b.build(List.of(bf16(join), join)))).containsExactly("dot_general f32", "cast bf16");
    }

    @Test
    void whatIsComputedOfProductsIsRoundedAfterwards() {
        assertThat(ops(b.build(List.of(bf16(b.add(new Tanh(joined())))))))
                .containsExactly("dot_general f32", "cast bf16");
    }

    @Test
    void aProductOfOneMatrixIsLeftToItsEpilogue() {
        Value one = b.parameter("one", TensorType.of(ElementType.BF16, ROWS, ROWS));
        Value product = b.add(new DotGeneral(one, one, List.of(), List.of(), List.of(1), List.of(0), ElementType.F32));
        assertThat(ops(b.build(List.of(bf16(product))))).containsExactly("dot_general f32", "cast bf16");
    }
}
