package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code concat(concat(x, y), z) -> concat(x, y, z)} along one axis, without empty parts; {@code concat(x) -> x} */
final class ConcatOfConcat implements Rule<Concat> {

    @Override
    public Class<Concat> root() {
        return Concat.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Concat op, Value value, Rewriting to) {
        List<Value> parts = new ArrayList<>();
        for (Value part : op.parts()) {
            if (part.op() instanceof Concat inner && inner.axis() == op.axis()) {
                parts.addAll(inner.parts());
            } else if (part.type().size(op.axis()) > 0) {
                parts.add(part);
            }
        }
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        return parts.isEmpty() || parts.equals(op.parts()) ? null : to.add(new Concat(parts, op.axis()));
    }
}
