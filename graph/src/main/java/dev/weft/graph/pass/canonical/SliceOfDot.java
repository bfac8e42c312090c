package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Slice;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code slice(dot_general(x, y)) -> dot_general(slice(x), slice(y))}: nothing is multiplied that nobody reads. Not where the product has
 * another user, for parts of it would be computed twice.
 */
final class SliceOfDot implements Rule<Slice> {

    @Override
    public Class<Slice> root() {
        return Slice.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Slice op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof DotGeneral dot) || !to.usedOnce(op.x())) {
            return null;
        }
        List<Integer> ofX = new ArrayList<>(dot.xBatch());
        ofX.addAll(dot.xFree());
        List<Integer> ofY = new ArrayList<>(dot.yBatch());
        dot.xFree().forEach(axis -> ofY.add(-1));
        ofY.addAll(dot.yFree());
        dot.yFree().forEach(axis -> ofX.add(-1));
        return to.add(new DotGeneral(
                window(op, dot.x(), ofX, to),
                window(op, dot.y(), ofY, to),
                dot.xBatch(),
                dot.yBatch(),
                dot.xContract(),
                dot.yContract(),
                dot.element()));
    }

    /** @param axes for each axis of the product, that of the operand; −1 where it has none */
    private static Value window(Slice op, Value operand, List<Integer> axes, Rewriting to) {
        List<Long> starts = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int axis = 0; axis < operand.type().rank(); axis++) {
            int from = axes.indexOf(axis);
            starts.add(from < 0 ? 0 : op.starts().get(from));
            limits.add(from < 0 ? operand.type().size(axis) : op.limits().get(from));
            strides.add(from < 0 ? 1 : op.strides().get(from));
        }
        return to.add(new Slice(operand, starts, limits, strides));
    }
}
