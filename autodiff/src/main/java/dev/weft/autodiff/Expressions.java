package dev.weft.autodiff;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Pow;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Formulas over the values of one builder. What would compute nothing is left out: a factor of one, a permutation or a cast to what
 * is there, arithmetic on constants.
 */
class Expressions {

    private final GraphBuilder builder;

    Expressions(GraphBuilder builder) {
        this.builder = builder;
    }

    final Value make(Op op) {
        return builder.add(op);
    }

    /** {@code value} in every element of x's type. */
    final Value like(Value x, double value) {
        return builder.full(x.type(), value);
    }

    final Value zeros(Value x) {
        return like(x, 0);
    }

    final Value neg(Value x) {
        OptionalDouble known = uniform(x);
        return known.isPresent() ? like(x, -known.getAsDouble()) : make(new Neg(x));
    }

    final Value add(Value x, Value y) {
        return make(new Add(x, y));
    }

    final Value sub(Value x, Value y) {
        OptionalDouble a = uniform(x);
        OptionalDouble b = uniform(y);
        return a.isPresent() && b.isPresent() ? like(x, a.getAsDouble() - b.getAsDouble()) : make(new Sub(x, y));
    }

    final Value mul(Value x, Value y) {
        return is(x, 1) ? y : is(y, 1) ? x : make(new Mul(x, y));
    }

    final Value mul(Value x, double y) {
        return mul(x, like(x, y));
    }

    final Value div(Value x, Value y) {
        return is(y, 1) ? x : make(new Div(x, y));
    }

    final Value pow(Value x, Value y) {
        return is(y, 1) ? x : is(y, 0) ? like(x, 1) : make(new Pow(x, y));
    }

    /** {@code x = value ? then : otherwise}, elementwise. */
    final Value where(Value x, double value, Value then, Value otherwise) {
        OptionalDouble known = uniform(x);
        if (known.isPresent()) {
            return known.getAsDouble() == value ? then : otherwise;
        }
        return select(make(new Eq(x, like(x, value))), then, otherwise);
    }

    final Value select(Value condition, Value x, Value y) {
        return make(new Select(condition, x, y));
    }

    final Value cast(Value x, ElementType element) {
        return x.type().element() == element ? x : make(new Cast(x, element));
    }

    final Value permute(Value x, List<Integer> axes) {
        boolean ordered = IntStream.range(0, axes.size()).allMatch(i -> axes.get(i) == i);
        return ordered ? x : make(new Permute(x, axes));
    }

    final Value sum(Value x, List<Integer> axes) {
        return axes.isEmpty() ? x : make(new ReduceSum(x, axes));
    }

    /** x repeated to {@code shape} along those axes that {@code axes}, in order, does not name. */
    final Value repeat(Value x, Shape shape, List<Integer> repeated) {
        return repeated.isEmpty() ? x : make(new Broadcast(x, shape, others(shape.rank(), repeated)));
    }

    /** Axes of a tensor of this rank that are not among {@code axes}, in order. */
    static List<Integer> others(int rank, List<Integer> axes) {
        return IntStream.range(0, rank)
                .filter(axis -> !axes.contains(axis))
                .boxed()
                .toList();
    }

    /** The numbers from {@code from} up to but not including {@code to}. */
    static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** The permutation that undoes {@code axes}. */
    static List<Integer> inverse(List<Integer> axes) {
        return IntStream.range(0, axes.size()).mapToObj(axes::indexOf).toList();
    }

    @SafeVarargs
    static List<Integer> joined(List<Integer>... parts) {
        List<Integer> all = new ArrayList<>();
        for (List<Integer> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }

    private static boolean is(Value x, double value) {
        OptionalDouble known = uniform(x);
        return known.isPresent() && known.getAsDouble() == value;
    }

    /** The one number that stands in every element of a constant. */
    private static OptionalDouble uniform(Value x) {
        return switch (x.op()) {
            case Constant constant -> OptionalDouble.of(constant.value());
            case Broadcast(Value inner, Shape _, List<Integer> _)
            when inner.op() instanceof Constant constant -> OptionalDouble.of(constant.value());
            default -> OptionalDouble.empty();
        };
    }
}
