package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Pow;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x⁰ -> 1}, {@code x¹ -> x}, {@code x² -> x · x} and {@code x⁻¹ -> 1 / x} */
final class PowByWhole implements Rule<Pow> {

    @Override
    public Class<Pow> root() {
        return Pow.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Pow op, Value value, Rewriting to) {
        if (Match.is(op.y(), 0) || Match.is(op.y(), -0.0)) {
            return to.full(value.type(), 1);
        }
        if (Match.is(op.y(), 1)) {
            return op.x();
        }
        if (Match.is(op.y(), 2)) {
            return to.add(new Mul(op.x(), op.x()));
        }
        return Match.is(op.y(), -1) ? to.add(new Div(to.full(value.type(), 1), op.x())) : null;
    }
}
