package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Ne;
import dev.weft.graph.op.Not;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code ¬(x = y) -> x ≠ y} and the reverse. Not for {@code <}: {@code ¬(x < y)} holds for NaN, {@code x ≥ y} does not. */
final class NotOfEquality implements Rule<Not> {

    @Override
    public Class<Not> root() {
        return Not.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Not op, Value value, Rewriting to) {
        return switch (op.x().op()) {
            case Eq eq -> to.add(new Ne(eq.x(), eq.y()));
            case Ne ne -> to.add(new Eq(ne.x(), ne.y()));
            default -> null;
        };
    }
}
