package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Not;
import dev.weft.graph.op.Select;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code ¬c ? x : y -> c ? y : x} */
final class SelectOfNot implements Rule<Select> {

    @Override
    public Class<Select> root() {
        return Select.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Select op, Value value, Rewriting to) {
        return op.condition().op() instanceof Not not ? to.add(new Select(not.x(), op.y(), op.x())) : null;
    }
}
