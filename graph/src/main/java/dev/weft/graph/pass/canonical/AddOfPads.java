package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Pad;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code pad(x) + pad(y) -> pad(concat(x, y))} where zeros surround both and y begins where x ends, as when a split is differentiated.
 * An element −0.0 stays what it is, where adding 0.0 makes it 0.0.
 */
final class AddOfPads implements Rule<Add> {

    @Override
    public Class<Add> root() {
        return Add.class;
    }

    @Override
    public Promise promise() {
        return Promise.VALUES;
    }

    @Override
    public @Nullable Value rewrite(Add op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof Pad x) || !(op.y().op() instanceof Pad y) || !zeros(x) || !zeros(y)) {
            return null;
        }
        int axis = onlyDifference(x, y);
        if (axis < 0) {
            return null;
        }
        boolean xFirst = x.low().get(axis) < y.low().get(axis);
        Pad first = xFirst ? x : y;
        Pad second = xFirst ? y : x;
        long end = first.low().get(axis) + first.x().type().size(axis);
        if (end != second.low().get(axis)) {
            return null;
        }
        Value whole = to.add(new Concat(List.of(first.x(), second.x()), axis));
        List<Long> high = new ArrayList<>(first.high());
        high.set(axis, second.high().get(axis));
        return to.add(new Pad(whole, first.low(), high, first.interior(), 0));
    }

    private static boolean zeros(Pad pad) {
        return pad.fill() == 0 && pad.interior().stream().allMatch(amount -> amount == 0);
    }

    /** The one axis along which the two are padded differently; −1 if there are more. */
    private static int onlyDifference(Pad x, Pad y) {
        int found = -1;
        for (int axis = 0; axis < x.low().size(); axis++) {
            boolean same = x.low().get(axis).equals(y.low().get(axis))
                    && x.high().get(axis).equals(y.high().get(axis));
            if (!same && found >= 0) {
                return -1;
            }
            found = same ? found : axis;
        }
        return found;
    }
}
