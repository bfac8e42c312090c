package dev.weft.graph.op;

import dev.weft.graph.Value;
import java.util.List;

/** The smallest element over the axes, NaN if one is; over no element +∞ or the largest integer. */
public record ReduceMin(Value x, List<Integer> axes) implements Reduction.Fold {

    public ReduceMin {
        axes = List.copyOf(axes);
        Checks.isNumber("reduce_min", "x", x);
        Checks.increasing("reduce_min", "axes", axes, x.type().rank());
    }

    @Override
    public double neutral() {
        return Limits.largest(x.type().element());
    }

    @Override
    public double combine(double x, double y) {
        return Math.min(x, y);
    }
}
