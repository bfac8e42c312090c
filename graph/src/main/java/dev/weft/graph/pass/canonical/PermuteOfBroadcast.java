package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Permute;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code permute(broadcast(x)) -> broadcast(permute(x))} */
final class PermuteOfBroadcast implements Rule<Permute> {

    @Override
    public Class<Permute> root() {
        return Permute.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Permute op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof Broadcast broadcast)) {
            return null;
        }
        List<Integer> axes = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < op.axes().size(); axis++) {
            int from = broadcast.axes().indexOf(op.axes().get(axis));
            if (from >= 0) {
                axes.add(axis);
                order.add(from);
            }
        }
        Value x = to.add(new Permute(broadcast.x(), order));
        return to.add(new Broadcast(x, value.type().shape(), axes));
    }
}
