package dev.weft.models.probe;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceMin;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/** The statistics of a value as values of its graph, in f32. */
final class StatisticsGraph {

    /** Numbers for each value: finite elements, zeros, mean, variance, min, max. */
    static final int NUMBERS = 6;

    private final GraphBuilder builder;

    StatisticsGraph(GraphBuilder builder) {
        this.builder = builder;
    }

    /** {@code f32[NUMBERS]}. The variance is the mean square of what remains after the mean is taken away. */
    Value of(Value any) {
        Value x = any.type().element() == ElementType.F32 ? any : builder.add(new Cast(any, ElementType.F32));
        TensorType type = x.type();
        // Comparing a NaN gives false.
        Value finite = builder.add(new Lt(builder.add(new Abs(x)), builder.full(type, Double.POSITIVE_INFINITY)));
        Value zero = builder.full(type, 0);
        Value one = builder.full(type, 1);
        Value count = sum(builder.add(new Select(finite, one, zero)));
        Value zeros = sum(builder.add(new Select(builder.add(new Eq(x, zero)), one, zero)));
        Value mean = builder.add(new Div(sum(builder.add(new Select(finite, x, zero))), count));
        Value everywhere = type.rank() == 0 ? mean : builder.add(new Broadcast(mean, type.shape(), List.of()));
        Value off = builder.add(new Select(finite, builder.add(new Sub(x, everywhere)), zero));
        Value variance = builder.add(new Div(sum(builder.add(new Mul(off, off))), count));
        Value least = builder.add(new Select(finite, x, builder.full(type, Double.POSITIVE_INFINITY)));
        Value most = builder.add(new Select(finite, x, builder.full(type, Double.NEGATIVE_INFINITY)));
        List<Integer> axes = axes(type);
        Value min = axes.isEmpty() ? least : builder.add(new ReduceMin(least, axes));
        Value max = axes.isEmpty() ? most : builder.add(new ReduceMax(most, axes));
        List<Value> numbers = List.of(count, zeros, mean, variance, min, max);
        return builder.add(new Concat(
                numbers.stream()
                        .map(number -> builder.add(new Broadcast(number, Shape.of(1), List.of())))
                        .toList(),
                0));
    }

    private Value sum(Value x) {
        List<Integer> axes = axes(x.type());
        return axes.isEmpty() ? x : builder.add(new ReduceSum(x, axes));
    }

    private static List<Integer> axes(TensorType type) {
        return IntStream.range(0, type.rank()).boxed().toList();
    }
}
