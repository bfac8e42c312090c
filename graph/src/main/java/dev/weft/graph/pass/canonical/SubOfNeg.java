package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Sub;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x − (−y) -> x + y} */
final class SubOfNeg implements Rule<Sub> {

    @Override
    public Class<Sub> root() {
        return Sub.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Sub op, Value value, Rewriting to) {
        return op.y().op() instanceof Neg y ? to.add(new Add(op.x(), y.x())) : null;
    }
}
