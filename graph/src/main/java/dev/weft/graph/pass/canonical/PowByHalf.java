package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.Sqrt;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code x^½ -> √x} and {@code x^−½ -> 1 / √x}, where x cannot have a minus sign: {@code (−∞)^½} is ∞ and {@code (−0)^−½} is ∞, which
 * roots are not.
 */
final class PowByHalf implements Rule<Pow> {

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
        boolean root = Match.is(op.y(), 0.5);
        if (!(root || Match.is(op.y(), -0.5)) || !NonNegative.holds(op.x())) {
            return null;
        }
        Value sqrt = to.add(new Sqrt(op.x()));
        return root ? sqrt : to.add(new Div(to.full(value.type(), 1), sqrt));
    }
}
