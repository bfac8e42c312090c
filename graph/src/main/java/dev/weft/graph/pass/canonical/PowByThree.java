package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Pow;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x³ -> x · x · x} */
final class PowByThree implements Rule<Pow> {

    @Override
    public Class<Pow> root() {
        return Pow.class;
    }

    @Override
    public Promise promise() {
        return Promise.ROUNDING;
    }

    @Override
    public @Nullable Value rewrite(Pow op, Value value, Rewriting to) {
        return Match.is(op.y(), 3) ? to.add(new Mul(to.add(new Mul(op.x(), op.x())), op.x())) : null;
    }
}
