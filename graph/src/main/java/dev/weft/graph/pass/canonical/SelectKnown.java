package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Select;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code true ? x : y -> x}, {@code false ? x : y -> y} and {@code c ? x : x -> x} */
final class SelectKnown implements Rule<Select> {

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
        if (op.x().equals(op.y())) {
            return op.x();
        }
        Double condition = Match.constant(op.condition());
        return condition == null ? null : condition != 0 ? op.x() : op.y();
    }
}
