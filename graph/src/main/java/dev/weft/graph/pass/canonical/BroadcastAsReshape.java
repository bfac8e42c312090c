package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code broadcast(x) -> reshape(x)} where all new axes are of size 1. Constants stay broadcast: that is their one form. */
final class BroadcastAsReshape implements Rule<Broadcast> {

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
        boolean adds = value.type().rank() > op.x().type().rank();
        boolean ones = true;
        for (int axis = 0; axis < op.shape().rank(); axis++) {
            ones &= op.axes().contains(axis) || op.shape().size(axis) == 1;
        }
        return adds && ones && !(op.x().op() instanceof Constant) ? to.add(new Reshape(op.x(), op.shape())) : null;
    }
}
