package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Permute;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code dot_general(permute(x), y) -> dot_general(x, y)} with other axes, where the free axes keep their order; the same for y */
final class DotOfPermute implements Rule<DotGeneral> {

    @Override
    public Class<DotGeneral> root() {
        return DotGeneral.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(DotGeneral op, Value value, Rewriting to) {
        Value x = op.x();
        Value y = op.y();
        List<Integer> xOrder = order(x, op.xFree());
        List<Integer> yOrder = order(y, op.yFree());
        if (xOrder == null && yOrder == null) {
            return null;
        }
        return to.add(new DotGeneral(
                xOrder == null ? x : x.operands().getFirst(),
                yOrder == null ? y : y.operands().getFirst(),
                through(xOrder, op.xBatch()),
                through(yOrder, op.yBatch()),
                through(xOrder, op.xContract()),
                through(yOrder, op.yContract()),
                op.element()));
    }

    /** The axes of a permute whose operand can be taken instead; null if there is none. */
    private static @Nullable List<Integer> order(Value operand, List<Integer> free) {
        if (!(operand.op() instanceof Permute permute)) {
            return null;
        }
        List<Integer> moved = through(permute.axes(), free);
        return moved.equals(moved.stream().sorted().toList()) ? permute.axes() : null;
    }

    private static List<Integer> through(@Nullable List<Integer> order, List<Integer> axes) {
        return order == null ? axes : axes.stream().map(order::get).toList();
    }
}
