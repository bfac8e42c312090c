package dev.weft.backend.testkit;

import static dev.weft.backend.testkit.Values.BETWEEN;
import static dev.weft.backend.testkit.Values.DISTINCT;
import static dev.weft.backend.testkit.Values.NONZERO;
import static dev.weft.backend.testkit.Values.POSITIVE;
import static dev.weft.backend.testkit.Values.REAL;
import static dev.weft.backend.testkit.Values.REMAINDER;
import static dev.weft.graph.type.ElementType.BF16;
import static dev.weft.graph.type.ElementType.BOOL;
import static dev.weft.graph.type.ElementType.F16;
import static dev.weft.graph.type.ElementType.F32;
import static dev.weft.graph.type.ElementType.F64;
import static dev.weft.graph.type.ElementType.I32;
import static dev.weft.graph.type.ElementType.I64;
import static dev.weft.graph.type.ElementType.I8;
import static dev.weft.graph.type.ElementType.U8;

import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.*;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Samples of every op: one row an op, with the element types it takes and the forms it comes in. Everything that checks ops one by
 * one (derivatives, backends, the text form) goes through this table; an op without a row fails a test.
 */
public final class OpSamples {

    /** Sizes around the widths of vectors, tiles and blocks, where kernels go wrong. */
    public static final List<Long> AWKWARD_SIZES = List.of(0L, 1L, 7L, 8L, 9L, 255L, 257L, 511L, 513L);

    private static final Set<ElementType> FLOATS = EnumSet.of(F32, F64, BF16, F16);
    private static final Set<ElementType> NUMBERS = EnumSet.of(F32, F64, BF16, F16, I32, I64, I8, U8);
    private static final Set<ElementType> BOOLS = EnumSet.of(BOOL);
    private static final Set<ElementType> ALL = EnumSet.allOf(ElementType.class);

    private record Row(String mnemonic, Set<ElementType> elements, Consumer<OpSampling> forms) {}

    private static final Map<String, Row> ROWS = table(
            // Elementwise, one operand.
            row("neg", NUMBERS, unary(REAL, Neg::new)),
            row("abs", NUMBERS, unary(NONZERO, Abs::new)),
            row("sign", NUMBERS, unary(NONZERO, Sign::new)),
            row("exp", FLOATS, unary(REAL, Exp::new)),
            row("log", FLOATS, unary(POSITIVE, Log::new)),
            row("sqrt", FLOATS, unary(POSITIVE, Sqrt::new)),
            row("tanh", FLOATS, unary(REAL, Tanh::new)),
            row("erf", FLOATS, unary(REAL, Erf::new)),
            row("sin", FLOATS, unary(REAL, Sin::new)),
            row("cos", FLOATS, unary(REAL, Cos::new)),
            row("floor", FLOATS, unary(BETWEEN, Floor::new)),
            row("round", FLOATS, unary(BETWEEN, Round::new)),
            row("not", BOOLS, unary(REAL, Not::new)),
            row("stop_gradient", ALL, unary(REAL, StopGradient::new)),
            row("cast", ALL, s -> {
                for (ElementType to : ElementType.values()) {
                    s.smooth(x -> new Cast(x, to), s.of(BETWEEN, s.n));
                    s.special(x -> new Cast(x, to), s.specials());
                }
            }),
            // Elementwise, two operands.
            row("add", NUMBERS, binary(REAL, REAL, Add::new)),
            row("sub", NUMBERS, binary(REAL, REAL, Sub::new)),
            row("mul", NUMBERS, binary(REAL, REAL, Mul::new)),
            row("div", NUMBERS, binary(REAL, NONZERO, Div::new)),
            row("mod", NUMBERS, binary(REMAINDER, Values.constant(2.5), Mod::new)),
            row("pow", FLOATS, binary(POSITIVE, REAL, Pow::new)),
            row("max", NUMBERS, binary(DISTINCT, REAL, Max::new)),
            row("min", NUMBERS, binary(DISTINCT, REAL, Min::new)),
            row("eq", ALL, binary(REAL, REAL, Eq::new)),
            row("ne", ALL, binary(REAL, REAL, Ne::new)),
            row("lt", ALL, binary(REAL, REAL, Lt::new)),
            row("le", ALL, binary(REAL, REAL, Le::new)),
            row("gt", ALL, binary(REAL, REAL, Gt::new)),
            row("ge", ALL, binary(REAL, REAL, Ge::new)),
            row("and", BOOLS, binary(REAL, REAL, And::new)),
            row("or", BOOLS, binary(REAL, REAL, Or::new)),
            row("xor", BOOLS, binary(REAL, REAL, Xor::new)),
            row("select", ALL, s -> {
                Function<List<Value>, Op> select = v -> new Select(v.get(0), v.get(1), v.get(2));
                s.smooth(select, List.of(s.of(BOOL, REAL, s.n), s.of(REAL, s.n), s.of(REAL, s.n)));
                s.smooth(select, List.of(s.of(BOOL, REAL, 3, s.n), s.of(REAL, 3, s.n), s.of(REAL, 3, s.n)));
                s.special(select, List.of(s.of(BOOL, REAL, s.specials().type().size(0)), s.specials(), s.specials()));
            }),
            // Movement.
            row("reshape", ALL, s -> {
                s.smooth(x -> new Reshape(x, Shape.of(6 * s.n)), s.of(REAL, s.n, 6));
                s.smooth(x -> new Reshape(x, Shape.of(s.n, 2, 3)), s.of(REAL, s.n, 6));
                s.smooth(x -> new Reshape(x, Shape.of(3, s.n, 1)), s.of(REAL, s.n, 3));
                s.smooth(x -> new Reshape(x, Shape.SCALAR), s.of(REAL, 1, 1));
            }),
            row("permute", ALL, s -> {
                s.smooth(x -> new Permute(x, List.of(1, 0)), s.of(REAL, s.n, 3));
                s.smooth(x -> new Permute(x, List.of(2, 0, 1)), s.of(REAL, 2, s.n, 3));
                s.smooth(x -> new Permute(x, List.of(0, 2, 1, 3)), s.of(REAL, 2, 3, s.n, 2));
                s.smooth(x -> new Permute(x, List.of()), s.of(REAL));
            }),
            row("broadcast", ALL, s -> {
                s.smooth(x -> new Broadcast(x, Shape.of(3, s.n), List.of(1)), s.of(REAL, s.n));
                s.smooth(x -> new Broadcast(x, Shape.of(s.n, 3), List.of(0)), s.of(REAL, s.n));
                s.smooth(x -> new Broadcast(x, Shape.of(s.n, 4, 2), List.of(0, 2)), s.of(REAL, s.n, 2));
                s.smooth(x -> new Broadcast(x, Shape.of(s.n, 2), List.of()), s.of(REAL));
            }),
            row("slice", ALL, s -> {
                s.smooth(x -> new Slice(x, List.of(1L), List.of(s.n + 1), List.of(1L)), s.of(REAL, s.n + 2));
                s.smooth(x -> new Slice(x, List.of(0L, 1L), List.of(s.n, 5L), List.of(1L, 3L)), s.of(REAL, s.n, 6));
                s.smooth(
                        x -> new Slice(x, List.of(1L, 0L), List.of(2 * s.n + 1, 2L), List.of(2L, 1L)),
                        s.of(REAL, 2 * s.n + 3, 3));
                s.smooth(x -> new Slice(x, List.of(1L), List.of(1L), List.of(1L)), s.of(REAL, s.n + 1));
            }),
            row("pad", ALL, s -> {
                s.smooth(x -> new Pad(x, List.of(1L), List.of(2L), List.of(0L), 0), s.of(REAL, s.n));
                s.smooth(x -> new Pad(x, List.of(0L, 1L), List.of(1L, 0L), List.of(2L, 1L), 1), s.of(REAL, s.n, 3));
                s.special(
                        x -> new Pad(x, List.of(1L), List.of(1L), List.of(1L), Limits.smallest(s.element)),
                        s.specials());
            }),
            row("concat", ALL, s -> {
                s.smooth(
                        parts -> new Concat(parts, 0),
                        List.of(s.of(REAL, s.n, 2), s.of(REAL, 3, 2), s.of(REAL, s.n, 2)));
                s.smooth(parts -> new Concat(parts, 1), List.of(s.of(REAL, 2, s.n), s.of(REAL, 2, 1)));
                s.smooth(x -> new Concat(List.of(x, x), 0), s.of(REAL, s.n));
                s.smooth(parts -> new Concat(parts, 0), List.of(s.of(REAL, s.n)));
            }),
            row("reverse", ALL, s -> {
                s.smooth(x -> new Reverse(x, List.of(0)), s.of(REAL, s.n));
                s.smooth(x -> new Reverse(x, List.of(0, 2)), s.of(REAL, 2, s.n, 3));
            }),
            // Reductions.
            row("reduce_sum", NUMBERS, fold(REAL, ReduceSum::new)),
            row("reduce_max", NUMBERS, fold(DISTINCT, ReduceMax::new)),
            row("reduce_min", NUMBERS, fold(DISTINCT, ReduceMin::new)),
            row("arg_max", NUMBERS, s -> {
                s.smooth(x -> new ArgMax(x, 1), s.of(DISTINCT, s.n, 3));
                s.smooth(x -> new ArgMax(x, 0), s.of(DISTINCT, s.n + 1, 3));
                s.smooth(x -> new ArgMax(x, 1), s.of(DISTINCT, 2, s.n + 1, 3));
                s.special(x -> new ArgMax(x, 0), s.specials());
                s.special(x -> new ArgMax(x, 1), s.of(REAL, 3, s.n + 1));
            }),
            row("cumulative_sum", NUMBERS, s -> {
                s.smooth(x -> new CumulativeSum(x, 0), s.of(REAL, s.n));
                s.smooth(x -> new CumulativeSum(x, 1), s.of(REAL, 2, s.n, 3));
            }),
            row("dot_general", NUMBERS, OpSamples::products),
            // Places that are data.
            row("gather", ALL, s -> {
                s.smooth(Gather::new, s.of(REAL, 5, s.n), s.of(I32, Values.index(5), 4));
                s.smooth(Gather::new, s.of(REAL, s.n + 1), s.of(I64, Values.index(s.n + 1), 2, 3));
                s.smooth(Gather::new, s.of(REAL, 3, 2, 2), s.of(I32, Values.index(3)));
                s.smooth(Gather::new, s.of(REAL, 3, 2), s.of(I32, Values.index(3), s.n));
            }),
            row("scatter_add", NUMBERS, s -> {
                Function<List<Value>, Op> add = v -> new ScatterAdd(v.get(0), v.get(1), v.get(2));
                s.smooth(add, List.of(s.of(REAL, 5, s.n), s.of(I32, Values.index(5), 7), s.of(REAL, 7, s.n)));
                s.smooth(add, List.of(s.of(REAL, 3), s.of(I64, Values.index(3), s.n), s.of(REAL, s.n)));
                s.smooth(add, List.of(s.of(REAL, 2, 3), s.of(I32, Values.index(2), 2, s.n), s.of(REAL, 2, s.n, 3)));
            }),
            row("dynamic_slice", ALL, s -> {
                s.smooth((x, at) -> new DynamicSlice(x, at, 0, s.n), s.of(REAL, s.n + 2), s.of(I32, Values.index(3)));
                s.smooth(
                        (x, at) -> new DynamicSlice(x, at, 1, s.n),
                        s.of(REAL, 2, s.n + 3, 2),
                        s.of(I64, Values.index(4)));
            }),
            row("dynamic_update", ALL, s -> {
                s.smooth(
                        v -> new DynamicUpdate(v.get(0), v.get(1), v.get(2), 0),
                        List.of(s.of(REAL, s.n + 2), s.of(REAL, s.n), s.of(I32, Values.index(3))));
                s.smooth(
                        v -> new DynamicUpdate(v.get(0), v.get(1), v.get(2), 1),
                        List.of(s.of(REAL, 2, s.n + 1, 3), s.of(REAL, 2, 1, 3), s.of(I32, Values.index(s.n + 1))));
            }),
            // From nothing, or from scalars.
            row("parameter", ALL, unary(REAL, Value::op)),
            row("constant", ALL, s -> {
                s.smooth(none -> new Constant(s.element, 3), List.of());
                for (double value : Values.special(s.element)) {
                    s.special(none -> new Constant(s.element, value), List.of());
                }
            }),
            row("iota", NUMBERS, s -> {
                long n = Math.min(s.n, 127);
                s.smooth(none -> new Iota(Shape.of(n), 0, s.element), List.of());
                s.smooth(none -> new Iota(Shape.of(3, n), 1, s.element), List.of());
                s.smooth(none -> new Iota(Shape.of(n, 3, 2), 0, s.element), List.of());
            }),
            row("random", EnumSet.of(F32), s -> {
                BiFunction<Value, Value, Op> random =
                        (seed, step) -> new Random(seed, step, "h.0/drop", Shape.of(s.n, 3));
                s.smooth(random, s.of(I32, REAL), s.of(I32, REAL));
                s.special(random, s.of(I32, Values.constant(-1)), s.of(I32, Values.constant(Integer.MAX_VALUE)));
            }),
            // What passes remove.
            row(
                    "call",
                    NUMBERS,
                    s -> s.referring(
                            (f, x) -> f.add(new Mul(x, x)),
                            v -> new Call("f", v, 0, "here", v.getFirst().type()),
                            s.of(REAL, s.n))),
            row(
                    "grad",
                    FLOATS,
                    s -> s.referring(
                            (f, x) -> f.add(new ReduceSum(f.add(new Mul(x, f.add(new Mul(x, x)))), List.of(0))),
                            v -> new Grad(
                                    "f", v, List.of(0), 1, "here", v.getFirst().type()),
                            s.of(REAL, s.n))));

    private OpSamples() {}

    private static Row row(String mnemonic, Set<ElementType> elements, Consumer<OpSampling> forms) {
        return new Row(mnemonic, elements, forms);
    }

    private static Map<String, Row> table(Row... rows) {
        Map<String, Row> table = new LinkedHashMap<>();
        for (Row row : rows) {
            table.put(row.mnemonic(), row);
        }
        return table;
    }

    private static Consumer<OpSampling> unary(Values values, Function<Value, Op> op) {
        return s -> {
            s.smooth(op, s.of(values, s.n));
            s.smooth(op, s.of(values, 3, s.n));
            s.smooth(op, s.of(values));
            s.special(op, s.specials());
        };
    }

    private static Consumer<OpSampling> binary(Values left, Values right, BiFunction<Value, Value, Op> op) {
        return s -> {
            s.smooth(op, s.of(left, s.n), s.of(right, s.n));
            s.smooth(op, s.of(left, 3, s.n), s.of(right, 3, s.n));
            s.smooth(op, s.of(left), s.of(right));
            s.smooth(x -> op.apply(x, x), s.of(POSITIVE, s.n));
            s.special(v -> op.apply(v.get(0), v.get(1)), s.pairs());
        };
    }

    private static Consumer<OpSampling> fold(Values values, BiFunction<Value, List<Integer>, Op> op) {
        return s -> {
            s.smooth(x -> op.apply(x, List.of(0)), s.of(values, s.n));
            s.smooth(x -> op.apply(x, List.of(1)), s.of(values, 3, s.n));
            s.smooth(x -> op.apply(x, List.of(0)), s.of(values, s.n, 3));
            s.smooth(x -> op.apply(x, List.of(0, 2)), s.of(values, 2, s.n, 3));
            s.smooth(x -> op.apply(x, List.of()), s.of(values, s.n));
            s.special(x -> op.apply(x, List.of(0)), s.pairs().getFirst());
            s.special(x -> op.apply(x, List.of(1)), s.pairs().getLast());
        };
    }

    /** Matrix products in all arrangements, for an element type and size; floats also with a wider result. */
    private static void products(OpSampling s) {
        ElementType e = s.element;
        BiFunction<Value, Value, Op> plain = product(List.of(), List.of(), List.of(1), List.of(0), e);
        s.smooth(plain, s.of(REAL, s.n, 5), s.of(REAL, 5, 3));
        s.smooth(plain, s.of(REAL, 2, s.n), s.of(REAL, s.n, 4));
        s.smooth(product(List.of(), List.of(), List.of(1), List.of(1), e), s.of(REAL, 3, 5), s.of(REAL, s.n, 5));
        s.smooth(product(List.of(), List.of(), List.of(0), List.of(0), e), s.of(REAL, s.n, 2), s.of(REAL, s.n, 3));
        // Batch axes that stand in different places.
        s.smooth(
                product(List.of(0, 2), List.of(1, 0), List.of(3), List.of(3), e),
                s.of(REAL, 2, s.n, 3, 4),
                s.of(REAL, 3, 2, 2, 4));
        // Two contracted axes, in another order on the other side.
        s.smooth(
                product(List.of(), List.of(), List.of(0, 2), List.of(2, 0), e),
                s.of(REAL, 2, 3, s.n),
                s.of(REAL, s.n, 2, 2));
        // The inner product, the outer product, and a batch of each.
        s.smooth(product(List.of(), List.of(), List.of(0), List.of(0), e), s.of(REAL, s.n), s.of(REAL, s.n));
        s.smooth(product(List.of(), List.of(), List.of(), List.of(), e), s.of(REAL, s.n), s.of(REAL, 3));
        s.smooth(product(List.of(0), List.of(0), List.of(), List.of(), e), s.of(REAL, s.n, 2), s.of(REAL, s.n));
        if (e.isFloat()) {
            s.smooth(
                    product(List.of(), List.of(), List.of(1), List.of(0), F32), s.of(REAL, 3, s.n), s.of(REAL, s.n, 2));
        }
    }

    private static BiFunction<Value, Value, Op> product(
            List<Integer> xBatch, List<Integer> yBatch, List<Integer> xSum, List<Integer> ySum, ElementType element) {
        return (x, y) -> new DotGeneral(x, y, xBatch, yBatch, xSum, ySum, element);
    }

    /** The ops that have a row. */
    public static Set<String> mnemonics() {
        return ROWS.keySet();
    }

    /** The element types that an op has samples for. */
    public static Set<ElementType> elements(String mnemonic) {
        return Set.copyOf(row(mnemonic).elements());
    }

    /** The samples of an op on operands of an element type with sizes around {@code size}; equal seeds give equal samples. */
    public static List<OpSample> of(String mnemonic, ElementType element, long size, long seed) {
        OpSampling sampling = new OpSampling(mnemonic, element, size, seed);
        row(mnemonic).forms().accept(sampling);
        return sampling.samples();
    }

    private static Row row(String mnemonic) {
        Row row = ROWS.get(mnemonic);
        if (row == null) {
            throw new UserException("op samples: have no row for %s; they have %s".formatted(mnemonic, ROWS.keySet()));
        }
        return row;
    }
}
