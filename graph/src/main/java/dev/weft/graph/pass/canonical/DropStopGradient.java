package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code stop_gradient(x) -> x}, once derivatives have been taken */
final class DropStopGradient implements Rule<StopGradient> {

    @Override
    public Class<StopGradient> root() {
        return StopGradient.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(StopGradient op, Value value, Rewriting to) {
        return op.x();
    }
}
