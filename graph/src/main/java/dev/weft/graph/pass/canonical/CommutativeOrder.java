package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Binary;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code c + x -> x + c} for a constant c, and otherwise the operand that was made first comes first: {@code x + y} and {@code y + x}
 * become one value. The same for mul, max, min, eq, ne and the logic.
 */
final class CommutativeOrder implements Rule<Binary> {

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
        boolean constantFirst = Match.constant(op.x()) != null;
        boolean constantSecond = Match.constant(op.y()) != null;
        boolean swap = constantFirst == constantSecond ? op.x().id() > op.y().id() : constantFirst;
        return swap && op.commutes() ? to.add(op.withOperands(List.of(op.y(), op.x()))) : null;
    }
}
