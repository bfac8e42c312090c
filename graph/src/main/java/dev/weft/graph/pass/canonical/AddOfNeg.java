package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Sub;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x + (−y) -> x − y} and {@code (−x) + y -> y − x} */
final class AddOfNeg implements Rule<Add> {

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
        if (op.y().op() instanceof Neg y) {
            return to.add(new Sub(op.x(), y.x()));
        }
        return op.x().op() instanceof Neg x ? to.add(new Sub(op.y(), x.x())) : null;
    }
}
