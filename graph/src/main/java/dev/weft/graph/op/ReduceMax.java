package dev.weft.graph.op;

import dev.weft.graph.Value;
import java.util.List;

/** The largest element over the axes, NaN if one is; over no element −∞ or the smallest integer. */
public record ReduceMax(Value x, List<Integer> axes) implements Reduction.Fold {

    public ReduceMax {
        axes = List.copyOf(axes);
        Checks.isNumber("reduce_max", "x", x);
        Checks.increasing("reduce_max", "axes", axes, x.type().rank());
    }

    @Override
    public double neutral() {
        return Limits.smallest(x.type().element());
    }

    @Override
    public double combine(double x, double y) {
        return Math.max(x, y);
    }
}
