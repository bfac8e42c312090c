package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code broadcast(x) -> broadcast(reshape(x))} without the axes of size 1 of x, so that a kept reduction axis is no obstacle */
final class BroadcastOfOnes implements Rule<Broadcast> {

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
        List<Dim> dims = new ArrayList<>();
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < op.axes().size(); axis++) {
            if (op.x().type().size(axis) != 1) {
                dims.add(op.x().type().shape().dim(axis));
                axes.add(op.axes().get(axis));
            }
        }
        if (axes.size() == op.axes().size()) {
            return null;
        }
        return to.add(new Broadcast(to.add(new Reshape(op.x(), new Shape(dims))), op.shape(), axes));
    }
}
