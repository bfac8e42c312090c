package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code scatter_add(zeros, i, u) + y -> scatter_add(y, i, u)}: the gradient of tied embeddings is added to in place, instead of through
 * a table of zeros of the same size.
 */
final class ScatterAddInto implements Rule<Add> {

    @Override
    public Class<Add> root() {
        return Add.class;
    }

    @Override
    public Promise promise() {
        return Promise.ROUNDING;
    }

    @Override
    public @Nullable Value rewrite(Add op, Value value, Rewriting to) {
        Value into = scattered(op.x(), op.y(), to);
        return into != null ? into : scattered(op.y(), op.x(), to);
    }

    private static @Nullable Value scattered(Value x, Value y, Rewriting to) {
        boolean fits = x.op() instanceof ScatterAdd scatter && Match.is(scatter.into(), 0) && to.usedOnce(x);
        return fits ? to.add(new ScatterAdd(y, x.operands().get(1), x.operands().get(2))) : null;
    }
}
