package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Neg;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code −(−x) -> x} */
final class NegOfNeg implements Rule<Neg> {

    @Override
    public Class<Neg> root() {
        return Neg.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Neg op, Value value, Rewriting to) {
        return op.x().op() instanceof Neg inner ? inner.x() : null;
    }
}
