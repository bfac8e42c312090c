package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A strided window: {@code y[i] = x[starts + i · strides]}, up to but not including {@code limits}. */
public record Slice(Value x, List<Long> starts, List<Long> limits, List<Long> strides) implements Movement.Layout {

    public Slice {
        starts = List.copyOf(starts);
        limits = List.copyOf(limits);
        strides = List.copyOf(strides);
        int rank = x.type().rank();
        Checks.count("slice", "starts", starts.size(), rank);
        Checks.count("slice", "limits", limits.size(), rank);
        Checks.count("slice", "strides", strides.size(), rank);
        for (int axis = 0; axis < rank; axis++) {
            Checks.require(
                    0 <= starts.get(axis)
                            && starts.get(axis) <= limits.get(axis)
                            && limits.get(axis) <= x.type().size(axis)
                            && strides.get(axis) > 0,
                    "slice",
                    "axis %s of %s has no window %s..%s by %s",
                    axis,
                    x.type(),
                    starts.get(axis),
                    limits.get(axis),
                    strides.get(axis));
        }
    }

    @Override
    public TensorType type() {
        List<Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < starts.size(); axis++) {
            long size = Math.ceilDiv(limits.get(axis) - starts.get(axis), strides.get(axis));
            Dim whole = x.type().shape().dim(axis);
            dims.add(size == whole.size() ? whole : Dim.of(size));
        }
        return x.type().withShape(new Shape(dims));
    }

    @Override
    public long[] source(long[] index) {
        long[] source = new long[index.length];
        for (int axis = 0; axis < index.length; axis++) {
            source[axis] = starts.get(axis) + index[axis] * strides.get(axis);
        }
        return source;
    }
}
