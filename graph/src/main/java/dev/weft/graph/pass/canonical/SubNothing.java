package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Sub;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x − 0 -> x}. Not for −0.0: {@code −0.0 − −0.0} is 0.0. */
final class SubNothing implements Rule<Sub> {

    @Override
    public Class<Sub> root() {
        return Sub.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Sub op, Value value, Rewriting to) {
        return Match.is(op.y(), 0) ? op.x() : null;
    }
}
