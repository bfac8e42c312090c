package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Reverse;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code reverse(reverse(x)) -> reverse(x)} along the axes that are in one of them only */
final class ReverseOfReverse implements Rule<Reverse> {

    @Override
    public Class<Reverse> root() {
        return Reverse.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Reverse op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof Reverse inner)) {
            return null;
        }
        List<Integer> axes = Match.range(value.type().rank()).stream()
                .filter(axis -> op.axes().contains(axis) != inner.axes().contains(axis))
                .toList();
        return to.add(new Reverse(inner.x(), axes));
    }
}
