package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code permute(x) -> reshape(x)} where only axes of size 1 change places */
final class PermuteAsReshape implements Rule<Permute> {

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
        List<Integer> long_ =
                op.axes().stream().filter(axis -> op.x().type().size(axis) != 1).toList();
        boolean inOrder = long_.equals(long_.stream().sorted().toList());
        return inOrder ? to.add(new Reshape(op.x(), value.type().shape())) : null;
    }
}
