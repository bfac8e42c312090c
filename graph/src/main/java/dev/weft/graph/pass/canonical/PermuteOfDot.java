package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Permute;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code permute(dot_general(x, y)) -> dot_general(y, x)} where the permutation does no more than put the free axes of y before those
 * of x, and the product has no other user.
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
        int rank = op.axes().size();
        List<Integer> swapped = new ArrayList<>(Match.range(batch));
        for (int axis = batch + rows; axis < rank; axis++) {
            swapped.add(axis);
        }
        for (int axis = batch; axis < batch + rows; axis++) {
            swapped.add(axis);
        }
        if (!op.axes().equals(swapped)) {
            return null;
        }
        return to.add(new DotGeneral(
                dot.y(), dot.x(), dot.yBatch(), dot.xBatch(), dot.yContract(), dot.xContract(), dot.element()));
    }
}
