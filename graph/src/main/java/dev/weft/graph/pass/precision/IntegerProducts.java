package dev.weft.graph.pass.precision;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.rewrite.GraphRebuilder;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;

/**
 * {@code dot(x, cast(q) · scale) -> dot(rounded(x), cast(q) · scale)}: where weights are held in i8, the rows that they are multiplied
 * with are rounded to as many bits ({@link QuantizedRows}), so that a backend may multiply integers. Products of up to
 * {@value Precision#FEW_ROWS} rows take as long as reading the weights, and those of rows of no whole number of groups are few: both stay as they
 * are. Comes behind {@code Precision} in bf16, on flat graphs.
 */
public final class IntegerProducts implements Pass.OnFunctions {

    @Override
    public String name() {
        return "integers";
    }

    @Override
    public String summary() {
        return "rows that weights in i8 are multiplied with are rounded to i8 too";
    }

    @Override
    public Graph apply(Graph function) {
        GraphRebuilder to = new GraphRebuilder(function);
        for (Value old : function.values()) {
            if (old.op() instanceof Parameter) {
                continue;
            }
            Optional<Value> weights = weights(old);
            if (weights.isPresent() && old.op() instanceof DotGeneral dot) {
                to.at(old);
                to.replace(old, to.builder().add(product(dot, weights.get(), to)));
            } else {
                to.take(old);
            }
        }
        return to.build();
    }

    private static DotGeneral product(DotGeneral dot, Value weights, GraphRebuilder to) {
        GraphBuilder builder = to.builder();
        Value rows = QuantizedRows.write(builder, to.get(dot.x())).value();
        return new DotGeneral(
                rows, to.get(weights), dot.xBatch(), dot.yBatch(), dot.xContract(), dot.yContract(), dot.element());
    }

    /** What a product's right operand is restored to in f32, if the product is one to change. */
    private static Optional<Value> weights(Value value) {
        return value.op() instanceof DotGeneral dot
                        && dot.xBatch().isEmpty()
                        && dot.yContract().equals(List.of(1))
                        && dot.y().type().rank() == 2
                        && dot.xContract().equals(List.of(dot.x().type().rank() - 1))
                        && QuantizedRows.areKnown(dot.x().type())
                        && rows(dot.x()) > Precision.FEW_ROWS
                ? restored(dot.y())
                : Optional.empty();
    }

    private static long rows(Value x) {
        return x.type().shape().elements() / x.type().size(x.type().rank() - 1);
    }

    private static Optional<Value> restored(Value operand) {
        Value wide =
                operand.op() instanceof Cast cast && cast.x().type().element() == ElementType.F32 ? cast.x() : operand;
        return wide.op() instanceof Mul mul
                        && mul.x().op() instanceof Cast q
                        && q.x().op() instanceof Parameter
                        && q.x().type().element() == ElementType.I8
                        && q.x().type().size(1) % Quantization.SIZE == 0
                ? Optional.of(wide)
                : Optional.empty();
    }
}
