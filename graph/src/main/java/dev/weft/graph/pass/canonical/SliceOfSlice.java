package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Slice;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code slice(slice(x)) -> slice(x)} */
final class SliceOfSlice implements Rule<Slice> {

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
        if (!(op.x().op() instanceof Slice inner)) {
            return null;
        }
        List<Long> starts = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int axis = 0; axis < op.starts().size(); axis++) {
            long stride = inner.strides().get(axis) * op.strides().get(axis);
            long start = inner.starts().get(axis)
                    + op.starts().get(axis) * inner.strides().get(axis);
            long size = value.type().size(axis);
            boolean empty = size == 0;
            starts.add(empty ? 0 : start);
            limits.add(empty ? 0 : start + (size - 1) * stride + 1);
            strides.add(stride);
        }
        return to.add(new Slice(inner.x(), starts, limits, strides));
    }
}
