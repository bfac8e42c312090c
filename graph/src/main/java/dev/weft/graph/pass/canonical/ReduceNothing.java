package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code reduce(x) -> reshape(x)} over no axes, or over axes of size 1 only. A sum of −0.0 alone is 0.0, the element is −0.0. */
final class ReduceNothing implements Rule<Reduction.Fold> {

    @Override
    public Class<Reduction.Fold> root() {
        return Reduction.Fold.class;
    }

    @Override
    public Promise promise() {
        return Promise.VALUES;
    }

    @Override
    public @Nullable Value rewrite(Reduction.Fold op, Value value, Rewriting to) {
        boolean ones = op.axes().stream().allMatch(axis -> op.x().type().size(axis) == 1);
        return ones ? to.add(new Reshape(op.x(), value.type().shape())) : null;
    }
}
