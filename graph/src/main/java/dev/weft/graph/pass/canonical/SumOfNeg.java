package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code sum(−x) -> −sum(x)} for floats: the sign is changed once. A sum of zeros becomes −0.0. */
final class SumOfNeg implements Rule<ReduceSum> {

    @Override
    public Class<ReduceSum> root() {
        return ReduceSum.class;
    }

    @Override
    public Promise promise() {
        return Promise.VALUES;
    }

    @Override
    public @Nullable Value rewrite(ReduceSum op, Value value, Rewriting to) {
        boolean fires = op.x().op() instanceof Neg && value.type().element().isFloat();
        return fires ? to.add(new Neg(to.add(new ReduceSum(op.x().operands().getFirst(), op.axes())))) : null;
    }
}
