package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Neg;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code |−x| -> |x|} for floats, and {@code ||x|| -> |x|}. Not −x for integers: |255| as an u8 is not |1|. */
final class AbsOfSign implements Rule<Abs> {

    @Override
    public Class<Abs> root() {
        return Abs.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Abs op, Value value, Rewriting to) {
        if (op.x().op() instanceof Abs) {
            return op.x();
        }
        boolean isFloat = value.type().element().isFloat();
        return isFloat && op.x().op() instanceof Neg x ? to.add(new Abs(x.x())) : null;
    }
}
