package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code scatter_add(x, i, u) + y -> scatter_add(x + y, i, u)}, and {@code scatter_add(y, i, u)} where x is zeros: the gradient of tied
 * embeddings is added to in place, instead of through a table of zeros of the same size; and where gradients accumulate, what is added
 * to all of them meets the product that makes x, not a table.
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
        if (!(x.op() instanceof ScatterAdd scatter) || !to.usedOnce(x)) {
            return null;
        }
        Value into = Match.is(scatter.into(), 0) ? y : to.add(new Add(scatter.into(), y));
        return to.add(new ScatterAdd(into, scatter.indices(), scatter.updates()));
    }
}
