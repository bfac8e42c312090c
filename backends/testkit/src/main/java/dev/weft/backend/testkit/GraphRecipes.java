package dev.weft.backend.testkit;

import dev.weft.graph.Value;
import dev.weft.graph.op.*;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a random graph is made of: single ops, guarded so that no value becomes large or undefined, and {@link GraphPatterns}.
 */
final class GraphRecipes {

    /**
     * One way to go on.
     *
     * @param smooth whether what it makes is differentiable everywhere
     */
    record Recipe(String name, boolean smooth, Consumer<GraphPool> step) {}

    static final List<Recipe> TABLE = List.of(
            smooth("neg", unary(Neg::new, bound -> bound)),
            smooth("tanh", unary(Tanh::new, bound -> Math.min(1, bound))),
            smooth("erf", unary(Erf::new, bound -> Math.min(1, 2 * bound))),
            smooth("sin", unary(Sin::new, bound -> Math.min(1, bound))),
            smooth("cos", unary(Cos::new, bound -> 1.0)),
            smooth("stop_gradient", GraphRecipes::stopGradient),
            smooth("exp", GraphRecipes::exp),
            smooth("log", p -> positive(p, Log::new, bound -> 2 * Math.log(1 + bound))),
            smooth("sqrt", p -> positive(p, Sqrt::new, bound -> 1 + bound)),
            smooth("add", binary(Add::new, Double::sum)),
            smooth("sub", binary(Sub::new, Double::sum)),
            smooth("mul", binary(Mul::new, (a, b) -> a * b)),
            smooth("div", GraphRecipes::div),
            smooth("pow", GraphRecipes::pow),
            kinked("abs", unary(Abs::new, bound -> bound)),
            kinked("max", binary(Max::new, Math::max)),
            kinked("min", binary(Min::new, Math::max)),
            kinked("floor", exact(Floor::new)),
            kinked("round", exact(Round::new)),
            kinked("sign", exact(Sign::new)),
            kinked("mod", GraphRecipes::mod),
            kinked("cast", GraphRecipes::throughIntegers),
            kinked("select", GraphRecipes::select),
            smooth("reshape", GraphRecipes::reshape),
            smooth("permute", GraphRecipes::permute),
            smooth("broadcast", GraphRecipes::broadcast),
            smooth("slice", GraphRecipes::slice),
            smooth("pad", GraphRecipes::pad),
            smooth("concat", GraphRecipes::concat),
            smooth("reverse", p -> moved(p, x -> new Reverse(x, p.axes(x)))),
            smooth("reduce_sum", GraphRecipes::reduceSum),
            kinked("reduce_max", p -> reduced(p, ReduceMax::new)),
            kinked("reduce_min", p -> reduced(p, ReduceMin::new)),
            kinked("arg_max", GraphRecipes::argMax),
            smooth("cumulative_sum", GraphRecipes::cumulativeSum),
            smooth("dot_general", GraphRecipes::product),
            smooth("dot_general in batches", GraphRecipes::batchedProduct),
            smooth("gather", GraphRecipes::gather),
            smooth("scatter_add", GraphRecipes::scatterAdd),
            smooth("dynamic_slice", GraphRecipes::dynamicSlice),
            smooth("dynamic_update", GraphRecipes::dynamicUpdate),
            smooth("iota", GraphRecipes::iota),
            smooth("dropout", GraphPatterns::dropout),
            kinked("softmax", GraphPatterns::softmax),
            smooth("norm", GraphPatterns::norm),
            smooth("linear", GraphPatterns::linear));

    private static final List<Long> SIZES = List.of(1L, 2L, 3L, 4L, 7L, 8L);

    private GraphRecipes() {}

    private static Recipe smooth(String name, Consumer<GraphPool> step) {
        return new Recipe(name, true, step);
    }

    private static Recipe kinked(String name, Consumer<GraphPool> step) {
        return new Recipe(name, false, step);
    }

    /** The parameters that a graph starts with: shapes that share sizes, so that they can meet. */
    static void begin(GraphPool p) {
        long a = size(p);
        long b = size(p);
        long c = size(p);
        for (long[] sizes : new long[][] {{a, b}, {a, b}, {b, c}, {c}, {2, a, b}, {b}, {}}) {
            p.parameter(TensorType.of(p.element(), sizes), Values.REAL);
        }
    }

    static long size(GraphPool p) {
        return SIZES.get(p.random().nextInt(SIZES.size()));
    }

    // Elementwise.

    private static Consumer<GraphPool> unary(Function<Value, Op> op, Function<Double, Double> bound) {
        return p -> {
            Value x = p.pick();
            p.keep(p.make(op.apply(x)), bound.apply(p.bound(x)));
        };
    }

    private static Consumer<GraphPool> exact(Function<Value, Op> op) {
        return p -> {
            Value x = p.pickExact();
            p.keepExact(op.apply(x), p.bound(x) + 1);
        };
    }

    private static Consumer<GraphPool> binary(BiFunction<Value, Value, Op> op, DoubleBinaryOperator bound) {
        return p -> {
            Value x = p.pick();
            Value y = p.like(x);
            p.keep(p.make(op.apply(x, y)), bound.applyAsDouble(p.bound(x), p.bound(y)));
        };
    }

    private static void stopGradient(GraphPool p) {
        // Finite differences do not stop: only what depends on no float input may be stopped.
        Value x = p.make(new Iota(Shape.of(size(p)), 0, p.element()));
        p.keep(p.make(new StopGradient(x)), x.type().size(0));
    }

    private static void exp(GraphPool p) {
        p.pick(x -> p.bound(x) < 5).ifPresent(x -> p.keep(p.make(new Exp(x)), Math.exp(p.bound(x))));
    }

    /** {@code 1 + x²}. */
    private static Value onePlusSquare(GraphPool p, Value x) {
        return p.make(new Add(p.make(new Mul(x, x)), p.full(x.type(), 1)));
    }

    private static void positive(GraphPool p, Function<Value, Op> op, Function<Double, Double> bound) {
        Value x = p.pick();
        p.keep(p.make(op.apply(onePlusSquare(p, x))), bound.apply(p.bound(x)));
    }

    private static void div(GraphPool p) {
        Value x = p.pick();
        p.keep(p.make(new Div(x, onePlusSquare(p, p.like(x)))), p.bound(x));
    }

    private static void pow(GraphPool p) {
        Value x = p.pick();
        Value exponent = p.make(new Tanh(p.like(x)));
        p.keep(p.make(new Pow(onePlusSquare(p, x), exponent)), 1 + p.bound(x) * p.bound(x));
    }

    private static void mod(GraphPool p) {
        Value x = p.pickExact();
        p.keep(p.make(new Mod(x, p.full(x.type(), 2.5))), 2.5);
    }

    private static void throughIntegers(GraphPool p) {
        Value x = p.pickExact();
        p.keepExact(new Cast(p.make(new Cast(x, ElementType.I32)), p.element()), p.bound(x));
    }

    private static void select(GraphPool p) {
        Value a = p.pickExact();
        Value b = p.exactLike(a);
        List<BiFunction<Value, Value, Op>> comparisons = List.of(Lt::new, Le::new, Gt::new, Ge::new, Eq::new, Ne::new);
        Value first =
                p.make(comparisons.get(p.random().nextInt(comparisons.size())).apply(a, b));
        Value second = p.make(new Lt(a, p.full(a.type(), 0.5)));
        List<Op> combinations =
                List.of(new And(first, second), new Or(first, second), new Xor(first, second), new Not(first));
        Value condition = p.make(combinations.get(p.random().nextInt(combinations.size())));
        Value x = p.like(a);
        Value y = p.like(a);
        p.keep(p.make(new Select(condition, x, y)), Math.max(p.bound(x), p.bound(y)));
    }

    // Movement.

    private static void moved(GraphPool p, Function<Value, Op> op) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> p.keepMoved(x, op.apply(x)));
    }

    private static void reshape(GraphPool p) {
        moved(p, x -> {
            List<Dim> dims = new ArrayList<>(x.type().shape().dims());
            int axis = p.axis(x);
            if (axis > 0) {
                dims.set(axis - 1, Dim.of(x.type().size(axis - 1) * x.type().size(axis)));
                dims.remove(axis);
            } else if (x.type().size(0) % 2 == 0) {
                dims.set(0, Dim.of(x.type().size(0) / 2));
                dims.add(0, Dim.of(2));
            } else {
                dims.add(Dim.of(1));
            }
            return new Reshape(x, new Shape(dims));
        });
    }

    private static void permute(GraphPool p) {
        moved(p, x -> {
            List<Integer> axes = new ArrayList<>(all(x));
            for (int i = axes.size() - 1; i > 0; i--) {
                Collections.swap(axes, i, p.random().nextInt(i + 1));
            }
            return new Permute(x, axes);
        });
    }

    private static void broadcast(GraphPool p) {
        Value x = p.pick();
        int at = p.random().nextInt(x.type().rank() + 1);
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.add(at, Dim.of(size(p)));
        List<Integer> axes =
                all(x).stream().map(axis -> axis < at ? axis : axis + 1).toList();
        p.keepMoved(x, new Broadcast(x, new Shape(dims), axes));
    }

    private static void slice(GraphPool p) {
        moved(p, x -> {
            List<Long> starts = new ArrayList<>();
            List<Long> limits = new ArrayList<>();
            List<Long> strides = new ArrayList<>();
            for (long size : x.type().shape().sizes()) {
                long start = p.random().nextLong(size);
                starts.add(start);
                limits.add(p.random().nextLong(start + 1, size + 1));
                strides.add(p.random().nextLong(1, 3));
            }
            return new Slice(x, starts, limits, strides);
        });
    }

    private static void pad(GraphPool p) {
        moved(
                p,
                x -> new Pad(
                        x,
                        amounts(p, x),
                        amounts(p, x),
                        amounts(p, x),
                        p.random().nextInt(2)));
    }

    private static List<Long> amounts(GraphPool p, Value x) {
        return all(x).stream().map(axis -> p.random().nextLong(3)).toList();
    }

    private static void concat(GraphPool p) {
        moved(p, x -> {
            // As exact as x: the other part is x again, or backwards.
            Value other = p.random().nextBoolean() ? x : p.make(new Reverse(x, List.of(p.axis(x))));
            return new Concat(List.of(x, other), p.axis(x));
        });
    }

    // Reductions and products.

    private static void reduceSum(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            Value y = p.make(new ReduceSum(x, p.axes(x)));
            p.keep(
                    y,
                    p.bound(x) * x.type().shape().elements() / y.type().shape().elements());
        });
    }

    private static void reduced(GraphPool p, BiFunction<Value, List<Integer>, Op> op) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> p.keep(p.make(op.apply(x, p.axes(x))), p.bound(x)));
    }

    private static void argMax(GraphPool p) {
        Value x = p.pickExact();
        if (x.type().rank() > 0) {
            int axis = p.axis(x);
            Value index = p.make(new ArgMax(x, axis));
            p.keepExact(new Cast(index, p.element()), x.type().size(axis));
        }
    }

    private static void cumulativeSum(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            int axis = p.axis(x);
            p.keep(p.make(new CumulativeSum(x, axis)), p.bound(x) * x.type().size(axis));
        });
    }

    private static void product(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            int axis = p.axis(x);
            long depth = x.type().size(axis);
            p.pick(value -> axisOfSize(value, depth) >= 0).ifPresent(y -> {
                Op product = new DotGeneral(
                        x, y, List.of(), List.of(), List.of(axis), List.of(axisOfSize(y, depth)), p.element());
                keepSmall(p, product, p.bound(x) * p.bound(y) * depth);
            });
        });
    }

    private static void batchedProduct(GraphPool p) {
        p.pick(value -> value.type().rank() > 1).ifPresent(x -> {
            Value y = p.like(x);
            int last = x.type().rank() - 1;
            Op product = new DotGeneral(x, y, List.of(0), List.of(0), List.of(last), List.of(last), p.element());
            keepSmall(p, product, p.bound(x) * p.bound(y) * x.type().size(last));
        });
    }

    private static int axisOfSize(Value value, long size) {
        return IntStream.range(0, value.type().rank())
                .filter(axis -> value.type().size(axis) == size)
                .findFirst()
                .orElse(-1);
    }

    /** Outer products grow fast. */
    private static void keepSmall(GraphPool p, Op op, double bound) {
        if (op.type().shape().elements() <= 4096) {
            p.keep(p.make(op), bound);
        }
    }

    // Places that are data: each has indices of its own, inside what they index.

    private static void gather(GraphPool p) {
        moved(p, x -> new Gather(x, index(p, x.type().size(0), size(p))));
    }

    private static void scatterAdd(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            Value y = p.like(x);
            long rows = x.type().size(0);
            Value sum = p.make(new ScatterAdd(x, index(p, rows, rows), y));
            p.keep(sum, p.bound(x) + p.bound(y) * rows);
        });
    }

    private static void dynamicSlice(GraphPool p) {
        moved(p, x -> {
            int axis = p.axis(x);
            long size = p.random().nextLong(1, x.type().size(axis) + 1);
            return new DynamicSlice(x, index(p, x.type().size(axis) - size + 1), axis, size);
        });
    }

    private static void dynamicUpdate(GraphPool p) {
        p.pick(value -> value.type().rank() > 0).ifPresent(x -> {
            int axis = p.axis(x);
            Value y = p.like(x);
            long size = p.random().nextLong(1, x.type().size(axis) + 1);
            Value start = index(p, x.type().size(axis) - size + 1);
            Value update = p.make(new DynamicSlice(y, start, axis, size));
            p.keep(p.make(new DynamicUpdate(x, update, start, axis)), Math.max(p.bound(x), p.bound(y)));
        });
    }

    private static Value index(GraphPool p, long limit, long... sizes) {
        return p.parameter(TensorType.of(ElementType.I32, sizes), Values.index(limit));
    }

    private static void iota(GraphPool p) {
        Value x = p.pick();
        if (x.type().rank() > 0) {
            int axis = p.axis(x);
            p.keepExact(new Iota(x.type().shape(), axis, p.element()), x.type().size(axis));
        }
    }

    static List<Integer> all(Value x) {
        return IntStream.range(0, x.type().rank()).boxed().toList();
    }
}
