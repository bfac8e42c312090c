package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * x surrounded by {@code fill}: {@code low} elements before, {@code high} after, {@code interior} between any two of each axis.
 */
public record Pad(Value x, List<Long> low, List<Long> high, List<Long> interior, double fill)
        implements Movement.Layout {

    public Pad {
        low = List.copyOf(low);
        high = List.copyOf(high);
        interior = List.copyOf(interior);
        int rank = x.type().rank();
        Checks.count("pad", "low", low.size(), rank);
        Checks.count("pad", "high", high.size(), rank);
        Checks.count("pad", "interior", interior.size(), rank);
        for (int axis = 0; axis < rank; axis++) {
            Checks.require(
                    low.get(axis) >= 0 && high.get(axis) >= 0 && interior.get(axis) >= 0,
                    "pad",
                    "amounts must not be negative, got low=%s high=%s interior=%s",
                    low,
                    high,
                    interior);
        }
        fill = x.type().element().round(fill);
    }

    @Override
    public double fillValue() {
        return fill;
    }

    @Override
    public TensorType type() {
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < low.size(); axis++) {
            Dim inner = x.type().shape().dim(axis);
            long spread = inner.size() + Math.max(0, inner.size() - 1) * interior.get(axis);
            long size = low.get(axis) + spread + high.get(axis);
            dims.add(size == inner.size() ? inner : Dim.of(size));
        }
        return x.type().withShape(new Shape(dims));
    }

    @Override
    public long @Nullable [] source(long[] index) {
        long[] source = new long[index.length];
        for (int axis = 0; axis < index.length; axis++) {
            long position = index[axis] - low.get(axis);
            long step = interior.get(axis) + 1;
            if (position < 0
                    || position % step != 0
                    || position / step >= x.type().size(axis)) {
                return null;
            }
            source[axis] = position / step;
        }
        return source;
    }
}
