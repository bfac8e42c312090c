package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.Slice;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code dynamic_slice(x, c) -> slice(x)} where the constant start fits; one that does not stays to be refused when run */
final class DynamicSliceAtConstant implements Rule<DynamicSlice> {

    @Override
    public Class<DynamicSlice> root() {
        return DynamicSlice.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(DynamicSlice op, Value value, Rewriting to) {
        Double constant = Match.constant(op.start());
        if (constant == null
                || constant < 0
                || constant + op.size() > op.x().type().size(op.axis())) {
            return null;
        }
        List<Long> starts = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int axis = 0; axis < value.type().rank(); axis++) {
            long start = axis == op.axis() ? constant.longValue() : 0;
            starts.add(start);
            limits.add(start + value.type().size(axis));
            strides.add(1L);
        }
        return to.add(new Slice(op.x(), starts, limits, strides));
    }
}
