package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Permute;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code permute(dot_general(x, y)) -> permute(dot_general(y, x))} where that leaves the last axis in its place, so that rows move as
 * a whole; often nothing is left to permute. Not where the product has another user, for it would be computed twice.
 */
final class PermuteOfDot implements Rule<Permute> {

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
        if (!(op.x().op() instanceof DotGeneral dot) || !to.usedOnce(op.x())) {
            return null;
        }
        int batch = dot.xBatch().size();
        int rows = dot.xFree().size();
        int columns = dot.yFree().size();
        boolean endsInX = rows > 0 && columns > 0 && op.axes().getLast() == batch + rows - 1;
        if (!endsInX) {
            return null;
        }
        Value swapped = to.add(new DotGeneral(
                dot.y(), dot.x(), dot.yBatch(), dot.xBatch(), dot.yContract(), dot.xContract(), dot.element()));
        List<Integer> axes = op.axes().stream()
                .map(axis -> axis < batch ? axis : axis < batch + rows ? axis + columns : axis - rows)
                .toList();
        return to.add(new Permute(swapped, axes));
    }
}
