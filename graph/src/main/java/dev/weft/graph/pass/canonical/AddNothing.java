package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x + −0.0 -> x}, and {@code x + 0 -> x} for integers. Not for +0.0: {@code −0.0 + 0.0} is 0.0. */
final class AddNothing implements Rule<Add> {

    @Override
    public Class<Add> root() {
        return Add.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Add op, Value value, Rewriting to) {
        boolean isFloat = value.type().element().isFloat();
        return Match.is(op.y(), isFloat ? -0.0 : 0) ? op.x() : null;
    }
}
