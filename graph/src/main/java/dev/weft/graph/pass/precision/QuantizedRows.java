package dev.weft.graph.pass.precision;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Le;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Round;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sub;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Rows rounded to 8 bits as they are: {@code x ≈ q · scale} with one scale for each {@value Quantization#SIZE} neighbours of a row, a 127th
 * of their largest magnitude {@code most}, and {@code q = round(x · (127 / most))}, halves to even, in −127..127. Groups of nothing
 * above {@link #TINY} are zeros. A group with a NaN or an infinity has the scale NaN: what is computed from it is NaN.
 *
 * @param x the rows {@code (…, k)}, {@code k} a multiple of {@value Quantization#SIZE}: bf16 or f32
 * @param value what stands for them, in f32
 */
public record QuantizedRows(Value x, Value value) {

    /** A quotient by less than this might be no f32. */
    public static final double TINY = 0x1p-100;

    /** The largest {@code q}. */
    public static final int MOST = 127;

    /** Whether rows of this type can be rounded. */
    public static boolean areKnown(TensorType type) {
        int last = type.rank() - 1;
        return last >= 0
                && (type.element() == ElementType.F32 || type.element() == ElementType.BF16)
                && type.size(last) > 0
                && type.size(last) % Quantization.SIZE == 0;
    }

    /** Adds the arithmetic to a graph. */
    public static QuantizedRows write(GraphBuilder to, Value x) {
        Value wide = x.type().element() == ElementType.F32 ? x : to.add(new Cast(x, ElementType.F32));
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        long groups = dims.removeLast().size() / Quantization.SIZE;
        dims.add(Dim.of(groups));
        dims.add(Dim.of(Quantization.SIZE));
        int last = dims.size() - 1;
        Value grouped = to.add(new Reshape(wide, new Shape(dims)));
        Value most = to.add(new ReduceMax(to.add(new Abs(grouped)), List.of(last)));
        TensorType each = most.type();
        Value isTiny = to.add(new Le(most, to.full(each, TINY)));
        Value nothing = to.full(each, 0);
        Value whole = to.full(each, MOST);
        // Infinity less infinity is NaN.
        Value shown = to.add(new Add(to.add(new Div(most, whole)), to.add(new Sub(most, most))));
        Value scale = to.add(new Select(isTiny, nothing, shown));
        Value factor = to.add(new Select(isTiny, nothing, to.add(new Div(whole, most))));
        List<Integer> axes = IntStream.range(0, last).boxed().toList();
        Shape shape = grouped.type().shape();
        Value scaled = to.add(new Mul(grouped, to.add(new Broadcast(factor, shape, axes))));
        Value q = to.add(new Cast(to.add(new Round(scaled)), ElementType.I8));
        Value restored =
                to.add(new Mul(to.add(new Cast(q, ElementType.F32)), to.add(new Broadcast(scale, shape, axes))));
        return new QuantizedRows(x, to.add(new Reshape(restored, x.type().shape())));
    }

    /** The rows that a value stands for, if it is what {@link #write} adds. */
    public static Optional<QuantizedRows> of(Value value) {
        return value.op() instanceof Reshape reshape
                        && reshape.x().op() instanceof Mul restored
                        && restored.x().op() instanceof Cast wide
                        && wide.x().op() instanceof Cast q
                        && q.element() == ElementType.I8
                        && q.x().op() instanceof Round round
                        && round.x().op() instanceof Mul scaled
                        && scaled.x().op() instanceof Reshape grouped
                ? narrow(grouped.x())
                        .filter(x -> isWritten(value, x))
                        .or(() -> Optional.of(grouped.x()).filter(x -> isWritten(value, x)))
                        .map(x -> new QuantizedRows(x, value))
                : Optional.empty();
    }

    private static Optional<Value> narrow(Value wide) {
        return wide.op() instanceof Cast cast && cast.x().type().element() == ElementType.BF16
                ? Optional.of(cast.x())
                : Optional.empty();
    }

    private static boolean isWritten(Value value, Value x) {
        if (!areKnown(x.type()) || !x.type().shape().equals(value.type().shape())) {
            return false;
        }
        GraphBuilder scratch = new GraphBuilder("rows");
        Value parameter = scratch.parameter("x", x.type());
        return isSame(value, x, write(scratch, parameter).value(), parameter);
    }

    /** Whether {@code value} is of {@code x} what {@code other} is of {@code otherX}. */
    private static boolean isSame(Value value, Value x, Value other, Value otherX) {
        if (value == x || other == otherX) {
            return value == x && other == otherX;
        }
        if (value.operands().size() != other.operands().size()
                || value.op().getClass() != other.op().getClass()
                || !value.type().equals(other.type())) {
            return false;
        }
        for (int i = 0; i < value.operands().size(); i++) {
            if (!isSame(value.operands().get(i), x, other.operands().get(i), otherX)) {
                return false;
            }
        }
        return value.operands().isEmpty()
                ? value.op().equals(other.op())
                : other.op().withOperands(value.operands()).equals(value.op());
    }

    /** All that is computed from the rows, {@link #value} among it. */
    public Set<Value> steps() {
        Set<Value> steps = new LinkedHashSet<>();
        collect(value, steps);
        return steps;
    }

    /** Adds a value and what it is computed by, if that is from the rows; returns whether it is. */
    private boolean collect(Value from, Set<Value> steps) {
        if (from == x || steps.contains(from)) {
            return true;
        }
        boolean isComputed = false;
        for (Value operand : from.operands()) {
            isComputed |= collect(operand, steps);
        }
        if (isComputed) {
            steps.add(from);
        }
        return isComputed;
    }
}
