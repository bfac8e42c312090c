package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code cast(x) -> x} where x is of that type already */
final class CastToSame implements Rule<Cast> {

    @Override
    public Class<Cast> root() {
        return Cast.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Cast op, Value value, Rewriting to) {
        return op.element() == op.x().type().element() ? op.x() : null;
    }
}
