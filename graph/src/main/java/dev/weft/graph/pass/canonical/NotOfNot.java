package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Not;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code ¬¬x -> x} */
final class NotOfNot implements Rule<Not> {

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
        return op.x().op() instanceof Not inner ? inner.x() : null;
    }
}
