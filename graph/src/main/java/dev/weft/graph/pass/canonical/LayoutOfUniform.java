package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Pad;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code reshape(broadcast(s)) -> broadcast(s)} for a scalar s, and the same for permute, slice and reverse; {@code reshape(c) ->
 * broadcast(c)} for a constant, so that constants in a shape have one form.
 */
final class LayoutOfUniform implements Rule<Movement.Layout> {

    @Override
    public Class<Movement.Layout> root() {
        return Movement.Layout.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Movement.Layout op, Value value, Rewriting to) {
        if (op instanceof Pad || op instanceof Broadcast || value.type().rank() == 0) {
            return null;
        }
        Value x = op.x();
        if (x.op() instanceof Constant) {
            return to.add(new Broadcast(x, value.type().shape(), List.of()));
        }
        if (x.op() instanceof Broadcast broadcast && broadcast.x().type().rank() == 0) {
            return to.add(new Broadcast(broadcast.x(), value.type().shape(), List.of()));
        }
        return null;
    }
}
