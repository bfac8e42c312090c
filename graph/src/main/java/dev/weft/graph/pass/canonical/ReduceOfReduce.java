package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code sum(sum(x)) -> sum(x)} over the axes of both, and the same for max and min */
final class ReduceOfReduce implements Rule<Reduction.Fold> {

    @Override
    public Class<Reduction.Fold> root() {
        return Reduction.Fold.class;
    }

    @Override
    public Promise promise() {
        return Promise.ROUNDING;
    }

    @Override
    public @Nullable Value rewrite(Reduction.Fold op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof Reduction.Fold inner)
                || inner.getClass() != op.getClass()
                || !to.usedOnce(op.x())) {
            return null;
        }
        List<Integer> kept = new ArrayList<>(Match.range(inner.x().type().rank()));
        kept.removeAll(inner.axes());
        List<Integer> axes = new ArrayList<>(inner.axes());
        op.axes().forEach(axis -> axes.add(kept.get(axis)));
        return to.add(fold(op, inner.x(), axes.stream().sorted().toList()));
    }

    private static Reduction.Fold fold(Reduction.Fold like, Value x, List<Integer> axes) {
        return switch (like) {
            case ReduceSum _ -> new ReduceSum(x, axes);
            case ReduceMax _ -> new ReduceMax(x, axes);
            case ReduceMin _ -> new ReduceMin(x, axes);
        };
    }
}
