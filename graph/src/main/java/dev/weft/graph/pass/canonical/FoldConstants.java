package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code f(constants) -> constant}: the op's own reference meaning, rounded to its type. */
final class FoldConstants implements Rule<Elementwise> {

    @Override
    public Class<Elementwise> root() {
        return Elementwise.class;
    }

    @Override
    public Promise promise() {
        return Promise.TYPED_BITS;
    }

    @Override
    public @Nullable Value rewrite(Elementwise op, Value value, Rewriting to) {
        List<Tensor> operands = new ArrayList<>();
        for (Value operand : value.operands()) {
            if (!(operand.op() instanceof Constant constant)) {
                return null;
            }
            operands.add(constant.evaluate(List.of()));
        }
        return to.constant(
                value.type().element(), op.evaluate(operands).rounded().get(0));
    }
}
