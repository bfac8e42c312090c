package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Reverse;
import dev.weft.graph.op.Slice;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code reshape(x) -> x} to its own shape, and every other movement that moves nothing */
final class IdentityLayout implements Rule<Movement.Layout> {

    @Override
    public Class<Movement.Layout> root() {
        return Movement.Layout.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Movement.Layout op, Value value, Rewriting to) {
        Value x = op.x();
        return value.type().equals(x.type()) && movesNothing(op) ? x : null;
    }

    private static boolean movesNothing(Movement.Layout op) {
        return switch (op) {
            case Reshape _, Broadcast _, Slice _, Pad _ -> true;
            case Permute permute ->
                permute.axes().equals(Match.range(permute.axes().size()));
            case Reverse reverse ->
                reverse.axes().stream().allMatch(axis -> reverse.x().type().size(axis) == 1);
        };
    }
}
