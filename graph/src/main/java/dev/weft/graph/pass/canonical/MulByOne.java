package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Neg;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x · 1 -> x} and {@code x · −1 -> −x}. There is no rule for {@code x · 0}: x may be NaN or infinite. */
final class MulByOne implements Rule<Mul> {

    @Override
    public Class<Mul> root() {
        return Mul.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Mul op, Value value, Rewriting to) {
        if (Match.is(op.y(), 1)) {
            return op.x();
        }
        return Match.is(op.y(), -1) ? to.add(new Neg(op.x())) : null;
    }
}
