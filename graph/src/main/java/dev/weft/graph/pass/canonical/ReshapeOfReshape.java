package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code reshape(reshape(x)) -> reshape(x)} */
final class ReshapeOfReshape implements Rule<Reshape> {

    @Override
    public Class<Reshape> root() {
        return Reshape.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Reshape op, Value value, Rewriting to) {
        return op.x().op() instanceof Reshape inner ? to.add(new Reshape(inner.x(), op.shape())) : null;
    }
}
