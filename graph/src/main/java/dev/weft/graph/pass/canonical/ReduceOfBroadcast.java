package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.type.ElementType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code sum(broadcast(x)) -> n · sum(x)} where n elements are repetition, and {@code max(broadcast(x)) -> max(x)}. Not where nothing
 * is repeated, n = 0, or where n is no number of the type.
 */
final class ReduceOfBroadcast implements Rule<Reduction.Fold> {

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
        if (!(op.x().op() instanceof Broadcast broadcast)) {
            return null;
        }
        List<Integer> repeated = op.axes().stream()
                .filter(axis -> !broadcast.axes().contains(axis))
                .toList();
        double times = repeated.stream()
                .mapToDouble(axis -> broadcast.shape().size(axis))
                .reduce(1, (x, y) -> x * y);
        ElementType element = value.type().element();
        if (repeated.isEmpty() || times == 0 || element.round(times) != times) {
            return null;
        }
        Value rest = reduced(op, shrunk(broadcast, repeated, to), repeated, to);
        return op instanceof ReduceSum ? to.add(new Mul(rest, to.full(value.type(), times))) : rest;
    }

    /** The broadcast without the repetition along these axes. */
    private static Value shrunk(Broadcast broadcast, List<Integer> repeated, Rewriting to) {
        List<Integer> axes = broadcast.axes().stream()
                .map(axis -> axis - before(axis, repeated))
                .toList();
        return to.add(new Broadcast(broadcast.x(), broadcast.shape().without(repeated), axes));
    }

    /** The reduction over its other axes. */
    private static Value reduced(Reduction.Fold op, Value x, List<Integer> repeated, Rewriting to) {
        List<Integer> axes = op.axes().stream()
                .filter(axis -> !repeated.contains(axis))
                .map(axis -> axis - before(axis, repeated))
                .toList();
        if (axes.isEmpty()) {
            return x;
        }
        return to.add(
                switch (op) {
                    case ReduceSum _ -> new ReduceSum(x, axes);
                    case ReduceMax _ -> new ReduceMax(x, axes);
                    case ReduceMin _ -> new ReduceMin(x, axes);
                });
    }

    private static int before(int axis, List<Integer> axes) {
        return (int) axes.stream().filter(other -> other < axis).count();
    }
}
