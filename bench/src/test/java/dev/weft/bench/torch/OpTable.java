package dev.weft.bench.torch;

import static dev.weft.backend.testkit.Values.BETWEEN;
import static dev.weft.backend.testkit.Values.DISTINCT;
import static dev.weft.backend.testkit.Values.NONZERO;
import static dev.weft.backend.testkit.Values.POSITIVE;
import static dev.weft.backend.testkit.Values.REAL;
import static dev.weft.bench.torch.OpShapes.binary;
import static dev.weft.bench.torch.OpShapes.longs;
import static dev.weft.bench.torch.OpShapes.unary;
import static dev.weft.graph.type.ElementType.BOOL;
import static dev.weft.graph.type.ElementType.F32;
import static dev.weft.graph.type.ElementType.I32;

import dev.weft.backend.testkit.Values;
import dev.weft.bench.torch.OpCase.Operand;
import dev.weft.graph.Value;
import dev.weft.graph.op.*;
import dev.weft.graph.op.Random;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Every primitive beside an expression of libtorch that means the same: one row an op, with the element types it is compared on and
 * how a case is drawn. A primitive without a row fails a test.
 */
final class OpTable {

    /** Denominators for {@code mod}: with numerators in ±0.5 … ±2 the quotient is never near an integer, where mod jumps. */
    private static final Values DENOMINATOR = (random, element, position, count) -> element.isFloat()
            ? random.nextDouble(2.5, 4) * (random.nextBoolean() ? 1 : -1)
            : NONZERO.at(random, element, position, count);

    private static final Set<ElementType> FLOAT = Set.of(F32);
    private static final Set<ElementType> NUMBER = Set.of(F32, I32);
    private static final Set<ElementType> TRUTH = Set.of(BOOL);
    private static final Set<ElementType> ANY = Set.of(F32, I32, BOOL);

    /**
     * One op.
     *
     * @param draw makes a case of random shape
     */
    record Row(String mnemonic, Set<ElementType> elements, Function<OpShapes, OpCase> draw) {}

    private static final Map<String, Row> ROWS = table(
            // Elementwise, one operand.
            row("neg", NUMBER, each(REAL, Neg::new, Tensor::neg)),
            row("abs", NUMBER, each(NONZERO, Abs::new, Tensor::abs)),
            row("sign", NUMBER, each(NONZERO, Sign::new, Tensor::sign)),
            row("exp", FLOAT, each(REAL, Exp::new, Tensor::exp)),
            row("log", FLOAT, each(POSITIVE, Log::new, Tensor::log)),
            row("sqrt", FLOAT, each(POSITIVE, Sqrt::new, Tensor::sqrt)),
            row("tanh", FLOAT, each(REAL, Tanh::new, Tensor::tanh)),
            row("erf", FLOAT, each(REAL, Erf::new, Tensor::erf)),
            row("sin", FLOAT, each(REAL, Sin::new, Tensor::sin)),
            row("cos", FLOAT, each(REAL, Cos::new, Tensor::cos)),
            row("floor", FLOAT, each(BETWEEN, Floor::new, Tensor::floor)),
            row("round", FLOAT, each(BETWEEN, Round::new, Tensor::round)),
            row("not", TRUTH, each(REAL, Not::new, Tensor::logical_not)),
            row("stop_gradient", ANY, each(REAL, StopGradient::new, Tensor::detach)),
            row("cast", ANY, s -> {
                ElementType to = s.pick(List.of(ElementType.values()));
                Values values = s.element == BOOL ? REAL : to == ElementType.U8 ? POSITIVE : BETWEEN;
                return unary(s.of(values, s.sizes()), x -> new Cast(x, to), x -> x.to(Torch.exact(to)));
            }),
            // Elementwise, two operands or three.
            row("add", NUMBER, both(REAL, REAL, Add::new, Tensor::add)),
            row("sub", NUMBER, both(REAL, REAL, Sub::new, Tensor::sub)),
            row("mul", NUMBER, both(REAL, REAL, Mul::new, Tensor::mul)),
            row("div", FLOAT, both(REAL, NONZERO, Div::new, Tensor::div)),
            row("div", Set.of(I32), both(REAL, NONZERO, Div::new, Tensor::floor_divide)),
            row("mod", NUMBER, both(Values.REMAINDER, DENOMINATOR, Mod::new, Tensor::remainder)),
            row("pow", FLOAT, both(POSITIVE, REAL, Pow::new, Tensor::pow)),
            row("max", NUMBER, both(DISTINCT, REAL, Max::new, Tensor::maximum)),
            row("min", NUMBER, both(DISTINCT, REAL, Min::new, Tensor::minimum)),
            row("eq", ANY, both(REAL, REAL, Eq::new, Tensor::eq)),
            row("ne", ANY, both(REAL, REAL, Ne::new, Tensor::ne)),
            row("lt", ANY, both(REAL, REAL, Lt::new, Tensor::lt)),
            row("le", ANY, both(REAL, REAL, Le::new, Tensor::le)),
            row("gt", ANY, both(REAL, REAL, Gt::new, Tensor::gt)),
            row("ge", ANY, both(REAL, REAL, Ge::new, Tensor::ge)),
            row("and", TRUTH, both(REAL, REAL, And::new, Tensor::logical_and)),
            row("or", TRUTH, both(REAL, REAL, Or::new, Tensor::logical_or)),
            row("xor", TRUTH, both(REAL, REAL, Xor::new, Tensor::logical_xor)),
            row("select", ANY, s -> {
                long[] sizes = s.sizes();
                return new OpCase(
                        List.of(s.of(BOOL, REAL, sizes), s.of(REAL, sizes), s.of(REAL, sizes)),
                        v -> new Select(v.get(0), v.get(1), v.get(2)),
                        t -> torch.where(t.get(0), t.get(1), t.get(2)));
            }),
            // Movement.
            row("reshape", ANY, OpTable::reshape),
            row("permute", ANY, s -> {
                long[] sizes = s.sizes();
                List<Integer> axes =
                        s.shuffled(IntStream.range(0, sizes.length).boxed().toList());
                return unary(s.of(REAL, sizes), x -> new Permute(x, axes), x -> x.permute(longs(axes)));
            }),
            row("broadcast", ANY, OpTable::broadcast),
            row("slice", ANY, OpTable::slice),
            row("pad", ANY, OpTable::pad),
            row("concat", ANY, OpTable::concat),
            row("reverse", ANY, s -> {
                long[] sizes = s.sizes();
                List<Integer> axes = s.axes(sizes.length);
                return unary(s.of(REAL, sizes), x -> new Reverse(x, axes), x -> x.flip(longs(axes)));
            }),
            // Reductions and products.
            row("reduce_sum", NUMBER, fold(REAL, ReduceSum::new, (x, axes) -> x.sum(axes))),
            row("reduce_max", NUMBER, fold(DISTINCT, ReduceMax::new, (x, axes) -> x.amax(axes, false))),
            row("reduce_min", NUMBER, fold(DISTINCT, ReduceMin::new, (x, axes) -> x.amin(axes, false))),
            row("arg_max", NUMBER, s -> {
                long[] sizes = s.positive(1 + s.below(4));
                int axis = s.below(sizes.length);
                return unary(
                        s.of(DISTINCT, sizes), x -> new ArgMax(x, axis), x -> x.argmax(new LongOptional(axis), false));
            }),
            row("cumulative_sum", NUMBER, s -> {
                long[] sizes = s.sizes(1 + s.below(4));
                int axis = s.below(sizes.length);
                return unary(s.of(REAL, sizes), x -> new CumulativeSum(x, axis), x -> x.cumsum(axis));
            }),
            row("dot_general", NUMBER, Contractions::draw),
            // Places that are data.
            row("gather", ANY, OpTable::gather),
            row("scatter_add", NUMBER, OpTable::scatterAdd),
            row("dynamic_slice", ANY, OpTable::dynamicSlice),
            row("dynamic_update", ANY, OpTable::dynamicUpdate),
            // From nothing, or from scalars.
            row("constant", ANY, s -> {
                double value = Values.REAL.at(s.random(), s.element, 0, 1);
                return new OpCase(
                        List.of(),
                        none -> new Constant(s.element, value),
                        none -> torch.full(new long[0], new Scalar(s.element == F32 ? (float) value : value)));
            }),
            row("iota", NUMBER, s -> {
                long[] sizes = s.sizes(1 + s.below(4));
                int axis = s.below(sizes.length);
                long[] line = IntStream.range(0, sizes.length)
                        .mapToLong(i -> i == axis ? sizes[i] : 1)
                        .toArray();
                return new OpCase(List.of(), none -> new Iota(Shape.of(sizes), axis, s.element), none -> torch.arange(
                                new Scalar(sizes[axis]))
                        .reshape(line)
                        .expand(sizes));
            }),
            row("random", FLOAT, s -> {
                long[] sizes = s.sizes();
                String stream = "blocks.%d/drop é".formatted(s.below(100));
                return binary(
                        s.of(I32, Values.constant(s.random().nextInt())),
                        s.of(I32, REAL),
                        (seed, step) -> new Random(seed, step, stream, Shape.of(sizes)),
                        (seed, step) -> ThreefryInTorch.uniform(seed, step, stream, sizes));
            }));

    private OpTable() {}

    private static Row row(String mnemonic, Set<ElementType> elements, Function<OpShapes, OpCase> draw) {
        return new Row(mnemonic, elements, draw);
    }

    private static Map<String, Row> table(Row... rows) {
        Map<String, Row> table = new TreeMap<>();
        for (Row row : rows) {
            row.elements().forEach(element -> table.put(row.mnemonic() + " " + element, row));
        }
        return table;
    }

    /** The rows by mnemonic and element type: {@code "add f32"}. */
    static Map<String, Row> rows() {
        return ROWS;
    }

    private static Function<OpShapes, OpCase> each(
            Values values, Function<Value, Op> weft, Function<Tensor, Tensor> torch) {
        return s -> unary(s.of(values, s.sizes()), weft, torch);
    }

    private static Function<OpShapes, OpCase> both(
            Values left, Values right, BiFunction<Value, Value, Op> weft, BiFunction<Tensor, Tensor, Tensor> torch) {
        return s -> {
            long[] sizes = s.sizes();
            return binary(s.of(left, sizes), s.of(right, sizes), weft, torch);
        };
    }

    /** No size is 0: libtorch knows no largest of nothing. Over no axes it would take all. */
    private static Function<OpShapes, OpCase> fold(
            Values values, BiFunction<Value, List<Integer>, Op> weft, BiFunction<Tensor, long[], Tensor> torch) {
        return s -> {
            long[] sizes = s.positive(s.below(5));
            List<Integer> axes = s.axes(sizes.length);
            return unary(
                    s.of(values, sizes),
                    x -> weft.apply(x, axes),
                    x -> axes.isEmpty() ? x.clone() : torch.apply(x, longs(axes)));
        };
    }

    /** Axes a, b, c become (a·b, c), (c, 1, b, a) or one. */
    private static OpCase reshape(OpShapes s) {
        long[] abc = s.sizes(3);
        long[] to = s.pick(
                List.of(new long[] {abc[0] * abc[1], abc[2]}, new long[] {abc[2], 1, abc[1], abc[0]}, new long[] {
                    abc[0] * abc[1] * abc[2]
                }));
        return unary(s.of(REAL, abc), x -> new Reshape(x, Shape.of(to)), x -> x.reshape(to));
    }

    private static OpCase broadcast(OpShapes s) {
        long[] sizes = s.sizes();
        List<Integer> axes = s.axes(sizes.length);
        long[] from = axes.stream().mapToLong(axis -> sizes[axis]).toArray();
        long[] line = IntStream.range(0, sizes.length)
                .mapToLong(axis -> axes.contains(axis) ? sizes[axis] : 1)
                .toArray();
        return unary(s.of(REAL, from), x -> new Broadcast(x, Shape.of(sizes), axes), x -> x.reshape(line)
                .expand(sizes));
    }

    private static OpCase slice(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(4));
        List<Long> starts = new ArrayList<>();
        List<Long> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (long size : sizes) {
            starts.add((long) s.below((int) size + 1));
            limits.add(starts.getLast() + s.below((int) (size - starts.getLast()) + 1));
            strides.add(1L + s.below(3));
        }
        return unary(s.of(REAL, sizes), x -> new Slice(x, starts, limits, strides), x -> {
            Tensor y = x;
            for (int axis = 0; axis < sizes.length; axis++) {
                y = window(y, axis, starts.get(axis), limits.get(axis), strides.get(axis));
            }
            return y;
        });
    }

    private static Tensor window(Tensor x, int axis, long start, long limit, long stride) {
        return x.slice(axis, new LongOptional(start), new LongOptional(limit), stride);
    }

    private static OpCase pad(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(4));
        List<Long> low = amounts(s, sizes.length);
        List<Long> high = amounts(s, sizes.length);
        List<Long> interior = amounts(s, sizes.length);
        int fill = s.below(2);
        return unary(s.of(REAL, sizes), x -> new Pad(x, low, high, interior, fill), x -> {
            long[] whole = new long[sizes.length];
            for (int axis = 0; axis < whole.length; axis++) {
                whole[axis] = low.get(axis) + spread(sizes[axis], interior.get(axis)) + high.get(axis);
            }
            Tensor y = torch.full(whole, new Scalar(fill)).to(x.scalar_type());
            Tensor inner = y;
            for (int axis = 0; axis < whole.length; axis++) {
                long limit = low.get(axis) + spread(sizes[axis], interior.get(axis));
                inner = window(inner, axis, low.get(axis), limit, interior.get(axis) + 1);
            }
            inner.copy_(x);
            return y;
        });
    }

    private static long spread(long size, long interior) {
        return size == 0 ? 0 : (size - 1) * (interior + 1) + 1;
    }

    private static List<Long> amounts(OpShapes s, int count) {
        return IntStream.range(0, count).mapToObj(axis -> (long) s.below(3)).toList();
    }

    private static OpCase concat(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(4));
        int axis = s.below(sizes.length);
        List<Operand> parts = IntStream.range(0, 1 + s.below(4))
                .mapToObj(part -> {
                    long[] own = sizes.clone();
                    own[axis] = s.size(7);
                    return s.of(REAL, own);
                })
                .toList();
        return new OpCase(
                parts, v -> new Concat(v, axis), t -> torch.cat(new TensorVector(t.toArray(Tensor[]::new)), axis));
    }

    private static OpCase gather(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(3));
        sizes[0] = Math.max(1, sizes[0]);
        long[] places = s.sizes(s.below(3));
        long[] whole = rows(places, sizes);
        return binary(
                s.of(REAL, sizes),
                s.of(s.pick(List.of(I32, ElementType.I64)), Values.index(sizes[0]), places),
                Gather::new,
                (x, at) -> x.index_select(0, at.reshape(-1)).reshape(whole));
    }

    private static long[] rows(long[] places, long[] sizes) {
        return LongStream.concat(Arrays.stream(places), Arrays.stream(sizes).skip(1))
                .toArray();
    }

    private static OpCase scatterAdd(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(3));
        sizes[0] = Math.max(1, sizes[0]);
        long[] places = s.sizes(s.below(3));
        long[] flat = sizes.clone();
        flat[0] = Arrays.stream(places).reduce(1, (a, b) -> a * b);
        Operand into = s.of(REAL, sizes);
        Operand at = s.of(s.pick(List.of(I32, ElementType.I64)), Values.index(sizes[0]), places);
        Operand updates = s.of(REAL, rows(places, sizes));
        return new OpCase(List.of(into, at, updates), v -> new ScatterAdd(v.get(0), v.get(1), v.get(2)), t -> t.get(0)
                .index_add(0, t.get(1).reshape(-1), t.get(2).reshape(flat)));
    }

    private static OpCase dynamicSlice(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(4));
        int axis = s.below(sizes.length);
        int size = s.below((int) sizes[axis] + 1);
        return binary(
                s.of(REAL, sizes),
                s.of(I32, Values.index(sizes[axis] - size + 1)),
                (x, at) -> new DynamicSlice(x, at, axis, size),
                (x, at) -> x.narrow(axis, at, size));
    }

    private static OpCase dynamicUpdate(OpShapes s) {
        long[] sizes = s.sizes(1 + s.below(4));
        int axis = s.below(sizes.length);
        long[] part = sizes.clone();
        part[axis] = s.below((int) sizes[axis] + 1);
        return new OpCase(
                List.of(s.of(REAL, sizes), s.of(REAL, part), s.of(I32, Values.index(sizes[axis] - part[axis] + 1))),
                v -> new DynamicUpdate(v.get(0), v.get(1), v.get(2), axis),
                t -> {
                    Tensor y = t.get(0).clone();
                    y.narrow(axis, t.get(2), part[axis]).copy_(t.get(1));
                    return y;
                });
    }
}
