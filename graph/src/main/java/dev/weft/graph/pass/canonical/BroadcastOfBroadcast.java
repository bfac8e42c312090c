package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code broadcast(broadcast(x)) -> broadcast(x)} */
final class BroadcastOfBroadcast implements Rule<Broadcast> {

    @Override
    public Class<Broadcast> root() {
        return Broadcast.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Broadcast op, Value value, Rewriting to) {
        return op.x().op() instanceof Broadcast inner
                ? to.add(new Broadcast(
                        inner.x(),
                        op.shape(),
                        inner.axes().stream().map(op.axes()::get).toList()))
                : null;
    }
}
