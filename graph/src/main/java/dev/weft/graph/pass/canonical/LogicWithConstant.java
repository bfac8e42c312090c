package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.And;
import dev.weft.graph.op.Logic;
import dev.weft.graph.op.Not;
import dev.weft.graph.op.Or;
import dev.weft.graph.op.Xor;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import org.jspecify.annotations.Nullable;

/** {@code x ∧ true -> x}, {@code x ∧ false -> false}, {@code x ∨ false -> x}, {@code x ∨ true -> true}, {@code x ⊻ false -> x}, {@code x ⊻ true -> ¬x} */
final class LogicWithConstant implements Rule<Logic> {

    @Override
    public Class<Logic> root() {
        return Logic.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Logic op, Value value, Rewriting to) {
        Double constant = Match.constant(op.y());
        if (constant == null) {
            return null;
        }
        boolean isTrue = constant != 0;
        return switch (op) {
            case And and -> isTrue ? and.x() : and.y();
            case Or or -> isTrue ? or.y() : or.x();
            case Xor xor -> isTrue ? to.add(new Not(xor.x())) : xor.x();
        };
    }
}
