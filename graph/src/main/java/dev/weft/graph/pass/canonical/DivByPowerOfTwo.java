package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Mul;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.type.ElementType;
import org.jspecify.annotations.Nullable;

/** {@code x / 2ᵏ -> x · 2⁻ᵏ} for floats, where 2⁻ᵏ is a number of the type; {@code x / 1 -> x} for integers too. */
final class DivByPowerOfTwo implements Rule<Div> {

    @Override
    public Class<Div> root() {
        return Div.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Div op, Value value, Rewriting to) {
        Double divisor = Match.constant(op.y());
        if (divisor == null) {
            return null;
        }
        if (divisor == 1) {
            return op.x();
        }
        ElementType element = value.type().element();
        double factor = 1 / divisor;
        boolean exact =
                element.isFloat() && isPowerOfTwo(divisor) && isPowerOfTwo(factor) && element.round(factor) == factor;
        return exact ? to.add(new Mul(op.x(), to.full(value.type(), factor))) : null;
    }

    private static boolean isPowerOfTwo(double x) {
        return Double.isFinite(x) && x != 0 && Math.abs(x) == Math.scalb(1.0, Math.getExponent(x));
    }
}
