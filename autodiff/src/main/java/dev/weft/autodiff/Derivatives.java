package dev.weft.autodiff;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.*;
import dev.weft.graph.op.Reduction.Fold;
import java.util.ArrayList;
import java.util.List;

/**
 * The table of derivatives: every op, and what the gradient {@code dz} of its result {@code z} gives each operand.
 *
 * <p>Where calculus leaves a choice: {@code |x|} has derivative 0 at 0; {@code max} and {@code min} of equals give each half, and
 * their reductions share among all that are extreme (as JAX and PyTorch do); {@code x⁰} has derivative 0 everywhere, and so has
 * {@code 0ʸ} by y for y ≥ 0; {@code √x} and {@code log x} have derivative ∞ at 0. Steps (floor, round, sign, comparisons) have
 * derivative 0. A {@code select} gives exactly 0 to what it does not choose; where the derivative behind that is infinite or NaN,
 * their product is NaN, so a select guards the operand of {@code √}, {@code log} or {@code /} and not its result. Integers and
 * bools have no derivative.
 */
final class Derivatives extends Expressions implements DerivativeTable {

    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    Derivatives(GraphBuilder builder) {
        super(builder);
    }

    @Override
    public List<Term> terms(Primitive op, Value z, Value dz) {
        return switch (op) {
            // Elementwise, one operand.
            case Neg(var x) -> d(x, neg(dz));
            case Abs(var x) -> d(x, mul(dz, make(new Sign(x))));
            case Exp(var x) -> d(x, mul(dz, z));
            case Log(var x) -> d(x, div(dz, x));
            case Sqrt(var x) -> d(x, div(dz, mul(z, 2)));
            case Tanh(var x) -> d(x, mul(dz, sub(like(z, 1), mul(z, z))));
            case Erf(var x) -> d(x, mul(dz, mul(make(new Exp(neg(mul(x, x)))), TWO_OVER_SQRT_PI)));
            case Sin(var x) -> d(x, mul(dz, make(new Cos(x))));
            case Cos(var x) -> d(x, neg(mul(dz, make(new Sin(x)))));
            case Cast(var x, var _) -> d(x, cast(dz, x.type().element()));

            // Elementwise, two operands or three.
            case Add(var x, var y) -> d(x, dz, y, dz);
            case Sub(var x, var y) -> d(x, dz, y, neg(dz));
            case Mul(var x, var y) -> d(x, mul(dz, y), y, mul(dz, x));
            case Div(var x, var y) -> d(x, div(dz, y), y, neg(mul(div(dz, y), z)));
            case Mod(var x, var y) -> d(x, dz, y, neg(mul(dz, make(new Floor(div(x, y))))));
            case Pow(var x, var y) -> d(x, mul(dz, slope(x, y)), y, mul(dz, mul(z, logOfBase(x))));
            case Max(var x, var y) -> d(x, ifGreater(x, y, dz), y, ifGreater(y, x, dz));
            case Min(var x, var y) -> d(x, ifGreater(y, x, dz), y, ifGreater(x, y, dz));
            case Select(var c, var x, var y) -> d(x, select(c, dz, zeros(dz)), y, select(c, zeros(dz), dz));

            // Movement: the same elements the other way; what was repeated is summed, what was dropped is 0.
            case Reshape(var x, var _) -> d(x, make(new Reshape(dz, x.type().shape())));
            case Permute(var x, var axes) -> d(x, permute(dz, inverse(axes)));
            case Broadcast(var x, var shape, var axes) -> d(x, sum(dz, others(shape.rank(), axes)));
            case Slice slice -> d(slice.x(), spread(dz, slice));
            case Pad pad -> d(pad.x(), window(dz, pad));
            case Concat(var parts, int axis) -> cut(dz, parts, axis);
            case Reverse(var x, var axes) -> d(x, make(new Reverse(dz, axes)));

            // Reductions and products.
            case ReduceSum(var x, var axes) -> d(x, repeat(dz, x.type().shape(), axes));
            case ReduceMax max -> d(max.x(), share(dz, z, max));
            case ReduceMin min -> d(min.x(), share(dz, z, min));
            case CumulativeSum(var x, int axis) -> d(x, sumFromTheEnd(dz, axis));
            case DotGeneral dot ->
                d(dot.x(), ContractionGradient.byX(this, dot, dz), dot.y(), ContractionGradient.byY(this, dot, dz));

            // Places that are data: what was read is written, what was written is read.
            case Gather(var table, var i) -> d(table, make(new ScatterAdd(zeros(table), i, dz)));
            case ScatterAdd(var into, var i, var u) -> d(into, dz, u, make(new Gather(dz, i)));
            case DynamicSlice(var x, var at, int axis, var _) -> d(x, make(new DynamicUpdate(zeros(x), dz, at, axis)));
            case DynamicUpdate(var x, var u, var at, int axis) ->
                d(
                        x,
                        make(new DynamicUpdate(dz, zeros(u), at, axis)),
                        u,
                        make(new DynamicSlice(dz, at, axis, u.type().size(axis))));

            // No derivative: steps, truth, positions, and what depends on nothing.
            case Floor _, Round _, Sign _, Comparison _, Logic _, Not _, ArgMax _, StopGradient _ -> List.of();
            case Parameter _, Constant _, Iota _, Random _ -> List.of();
        };
    }

    private static List<Term> d(Value x, Value dx) {
        return List.of(new Term(x, dx));
    }

    private static List<Term> d(Value x, Value dx, Value y, Value dy) {
        return List.of(new Term(x, dx), new Term(y, dy));
    }

    /** {@code ∂xʸ/∂x = y·x^(y−1)}, and 0 where y = 0: there x^(y−1) may be infinite. */
    private Value slope(Value x, Value y) {
        return where(y, 0, zeros(x), mul(y, pow(x, sub(y, like(y, 1)))));
    }

    /** {@code log x} with 0 for log 0, so that {@code 0ʸ · log 0} is 0 and not NaN. */
    private Value logOfBase(Value x) {
        return make(new Log(where(x, 0, like(x, 1), x)));
    }

    /** {@code x > y ? dz : x = y ? dz/2 : 0}. */
    private Value ifGreater(Value x, Value y, Value dz) {
        Value half = select(make(new Eq(x, y)), mul(dz, 0.5), zeros(dz));
        return select(make(new Gt(x, y)), dz, half);
    }

    /** dz at the places the slice took, zeros between and around. */
    private Value spread(Value dz, Slice slice) {
        List<Long> high = new ArrayList<>();
        List<Long> interior = new ArrayList<>();
        for (int axis = 0; axis < dz.type().rank(); axis++) {
            long stride = slice.strides().get(axis);
            long end = slice.starts().get(axis) + extent(dz.type().size(axis), stride);
            high.add(slice.x().type().size(axis) - end);
            interior.add(stride - 1);
        }
        return make(new Pad(dz, slice.starts(), high, interior, 0));
    }

    /** The elements of dz that are x's, not the fill. */
    private Value window(Value dz, Pad pad) {
        List<Long> limits = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        for (int axis = 0; axis < dz.type().rank(); axis++) {
            long stride = pad.interior().get(axis) + 1;
            limits.add(pad.low().get(axis) + extent(pad.x().type().size(axis), stride));
            strides.add(stride);
        }
        return make(new Slice(dz, pad.low(), limits, strides));
    }

    /** From the first of {@code count} elements to behind the last, {@code stride} apart. */
    private static long extent(long count, long stride) {
        return count == 0 ? 0 : (count - 1) * stride + 1;
    }

    private List<Term> cut(Value dz, List<Value> parts, int axis) {
        List<Term> terms = new ArrayList<>();
        List<Long> starts = new ArrayList<>(
                range(0, dz.type().rank()).stream().map(any -> 0L).toList());
        List<Long> ones = starts.stream().map(any -> 1L).toList();
        for (Value part : parts) {
            List<Long> limits = new ArrayList<>();
            part.type().shape().dims().forEach(dim -> limits.add(dim.size()));
            limits.set(axis, starts.get(axis) + part.type().size(axis));
            terms.add(new Term(part, parts.size() == 1 ? dz : make(new Slice(dz, starts, limits, ones))));
            starts.set(axis, limits.get(axis));
        }
        return terms;
    }

    /** Every element equal to the extreme z gets an equal part of dz. */
    private Value share(Value dz, Value z, Fold fold) {
        Value x = fold.x();
        var shape = x.type().shape();
        Value extreme = make(new Eq(x, repeat(z, shape, fold.axes())));
        Value count = sum(cast(extreme, dz.type().element()), fold.axes());
        return select(extreme, repeat(div(dz, count), shape, fold.axes()), zeros(x));
    }

    private Value sumFromTheEnd(Value dz, int axis) {
        Value reversed = make(new Reverse(dz, List.of(axis)));
        return make(new Reverse(make(new CumulativeSum(reversed, axis)), List.of(axis)));
    }
}
