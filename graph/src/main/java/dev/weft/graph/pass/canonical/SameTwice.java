package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.And;
import dev.weft.graph.op.Binary;
import dev.weft.graph.op.Max;
import dev.weft.graph.op.Min;
import dev.weft.graph.op.Or;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code max(x, x) -> x}, and the same for min, and, or */
final class SameTwice implements Rule<Binary> {

    @Override
    public Class<Binary> root() {
        return Binary.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Binary op, Value value, Rewriting to) {
        boolean same = op.x().equals(op.y());
        return same && (op instanceof Max || op instanceof Min || op instanceof And || op instanceof Or)
                ? op.x()
                : null;
    }
}
