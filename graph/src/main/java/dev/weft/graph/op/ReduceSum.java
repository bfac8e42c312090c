package dev.weft.graph.op;

import dev.weft.graph.Value;
import java.util.List;

/** {@code y = Σ x} over the axes; 0 over no element. Integers wrap. */
public record ReduceSum(Value x, List<Integer> axes) implements Reduction.Fold {

    public ReduceSum {
        axes = List.copyOf(axes);
        Checks.isNumber("reduce_sum", "x", x);
        Checks.increasing("reduce_sum", "axes", axes, x.type().rank());
    }

    @Override
    public double neutral() {
        return 0;
    }

    @Override
    public double combine(double x, double y) {
        return x + y;
    }
}
