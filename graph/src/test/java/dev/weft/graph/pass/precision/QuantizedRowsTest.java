package dev.weft.graph.pass.precision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Neg;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows rounded to 8 bits, as they are computed. */
class QuantizedRowsTest {

    private static final int GROUP = 64;

    private static double[] rounded(double... row) {
        GraphBuilder builder = new GraphBuilder("rows");
        Value x = builder.parameter("x", TensorType.of(ElementType.F32, 1, row.length));
        Graph graph = builder.build(List.of(QuantizedRows.write(builder, x).value()));
        Tensor given = Tensor.of(x.type(), row);
        Tensor got = Interpreter.evaluate(graph, List.of(given), Interpreter.Mode.TYPED)
                .getFirst();
        double[] all = new double[row.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = got.get(i);
        }
        return all;
    }

    private static double[] drawn(int groups, double magnitude) {
        double[] row = new SplittableRandom(5)
                .doubles((long) groups * GROUP, -magnitude, magnitude)
                .toArray();
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) row[i];
        }
        return row;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-30, 1e-3, 1, 1e5, 1e30})
    void eachIsWithinHalfOfAStepOfItsGroup(double magnitude) {
        double[] row = drawn(3, magnitude);
        double[] got = rounded(row);
        for (int group = 0; group < 3; group++) {
            double most = 0;
            for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                most = Math.max(most, Math.abs(row[i]));
            }
            for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                assertThat(Math.abs(got[i] - row[i])).as("%d", i).isLessThanOrEqualTo(most / 127 * 0.50001);
                if (Math.abs(row[i]) == most) {
                    assertThat(got[i]).as("%d", i).isCloseTo(row[i], org.assertj.core.data.Offset.offset(1e-6 * most));
                }
            }
        }
    }

    @Test
    void whatIsTooSmallToDivideByIsZero() {
        assertThat(rounded(drawn(2, QuantizedRows.TINY))).containsOnly(0);
        assertThat(rounded(new double[GROUP])).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aNumberThatIsNotFiniteMakesItsGroupNan(double number) {
        double[] row = drawn(3, 1);
        row[GROUP + 7] = number;
        double[] got = rounded(row);
        for (int i = 0; i < row.length; i++) {
            assertThat(Double.isNaN(got[i])).as("%d", i).isEqualTo(i / GROUP == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "bf16"})
    void whatIsWrittenIsKnownAgain(String element) {
        GraphBuilder builder = new GraphBuilder("rows");
        Value x = builder.parameter("x", TensorType.of(ElementType.parse(element), 2, 3, 128));
        QuantizedRows rows = QuantizedRows.write(builder, x);

        assertThat(QuantizedRows.of(rows.value())).contains(rows);
        assertThat(rows.steps()).contains(rows.value()).doesNotContain(x);
        for (Value step : rows.steps()) {
            assertThat(QuantizedRows.of(step).isPresent()).isEqualTo(step == rows.value());
        }
    }

    @Test
    void anythingElseIsNot() {
        GraphBuilder builder = new GraphBuilder("rows");
        Value x = builder.parameter("x", TensorType.of(ElementType.F32, 2, 128));
        QuantizedRows rows = QuantizedRows.write(builder, x);
        GraphBuilder other = new GraphBuilder("other");
        Value y = other.parameter("x", x.type());
        Value changed = other(rows.value(), x, y, other);

        assertThat(QuantizedRows.of(changed)).isEmpty();
        assertThat(QuantizedRows.areKnown(TensorType.of(ElementType.F32, 2, 65)))
                .isFalse();
        assertThat(QuantizedRows.areKnown(TensorType.of(ElementType.I32, 2, 64)))
                .isFalse();
    }

    /** A copy of a value in which the largest magnitude is that of the negative. */
    private static Value other(Value value, Value x, Value y, GraphBuilder to) {
        if (value == x) {
            return y;
        }
        List<Value> operands = value.operands().stream()
                .map(operand -> other(operand, x, y, to))
                .toList();
        if (value.op() instanceof dev.weft.graph.op.Abs) {
            return to.add(new dev.weft.graph.op.Abs(to.add(new Neg(operands.getFirst()))));
        }
        return to.add(operands.isEmpty() ? value.op() : value.op().withOperands(operands));
    }
}
