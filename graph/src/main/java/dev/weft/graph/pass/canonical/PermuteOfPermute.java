package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Permute;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code permute(permute(x)) -> permute(x)} */
final class PermuteOfPermute implements Rule<Permute> {

    @Override
    public Class<Permute> root() {
        return Permute.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Permute op, Value value, Rewriting to) {
        return op.x().op() instanceof Permute inner
                ? to.add(new Permute(
                        inner.x(), op.axes().stream().map(inner.axes()::get).toList()))
                : null;
    }
}
