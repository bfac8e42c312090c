package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Slice;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code slice(concat(x, y)) -> slice(x)} where the window lies in one part */
final class SliceOfConcat implements Rule<Slice> {

    @Override
    public Class<Slice> root() {
        return Slice.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Slice op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof Concat concat)) {
            return null;
        }
        int axis = concat.axis();
        long start = op.starts().get(axis);
        long limit = op.limits().get(axis);
        long begin = 0;
        for (Value part : concat.parts()) {
            long end = begin + part.type().size(axis);
            if (begin <= start && start < limit && limit <= end) {
                return to.add(new Slice(
                        part,
                        with(op.starts(), axis, start - begin),
                        with(op.limits(), axis, limit - begin),
                        op.strides()));
            }
            begin = end;
        }
        return null;
    }

    private static List<Long> with(List<Long> positions, int axis, long position) {
        List<Long> changed = new ArrayList<>(positions);
        changed.set(axis, position);
        return changed;
    }
}
