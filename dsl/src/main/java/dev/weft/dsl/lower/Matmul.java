package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Permute;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code a @ b} as one dot_general: transposes are read in place, leading axes that only one side has are free axes of it. */
final class Matmul {

    /** What an axis of an operand is for; {@code result} is its axis in the product. */
    private record Axis(int result, boolean contracted) {}

    private final Trace trace;
    private final Span span;

    Matmul(Trace trace, Span span) {
        this.trace = trace;
        this.span = span;
    }

    /** {@code (…, m, k) @ (…, k, n) = (…, m, n)}; {@code (…, k) @ (k, n) = (…, n)}. */
    Value of(Value a, Value b) {
        Shape x = a.type().shape();
        Shape y = b.type().shape();
        if (x.rank() < 1 || y.rank() < 2 || (y.rank() > 2 && x.rank() < 2)) {
            throw Refusal.at(
                    span, "@: must have (…, k) @ (k, n) or (…, m, k) @ (…, k, n), got %s and %s", a.type(), b.type());
        }
        if (a.type().element() != b.type().element()) {
            throw Refusal.at(span, "@: both sides must have one element type, got %s and %s", a.type(), b.type());
        }
        if (x.size(x.rank() - 1) != y.size(y.rank() - 2)) {
            throw Refusal.at(
                    span,
                    "@: contracted sizes must be equal, got %s and %s (%s @ %s)",
                    x.dim(x.rank() - 1),
                    y.dim(y.rank() - 2),
                    a.type(),
                    b.type());
        }
        return y.rank() == 2 ? product(a, leading(x.rank()), b, matrix(x.rank())) : batched(a, b);
    }

    /** Axes of (…, k), all of which but the last stay where they are. */
    private static List<Axis> leading(int rank) {
        return IntStream.range(0, rank)
                .mapToObj(axis -> new Axis(axis, axis == rank - 1))
                .toList();
    }

    private static List<Axis> matrix(int rank) {
        return List.of(new Axis(-1, true), new Axis(rank - 1, false));
    }

    private Value batched(Value a, Value b) {
        int rank = Math.max(a.type().rank(), b.type().rank());
        List<Axis> x = batch(a, b, rank);
        List<Axis> y = batch(b, a, rank);
        x.add(new Axis(rank - 2, false));
        x.add(new Axis(-1, true));
        y.add(new Axis(-1, true));
        y.add(new Axis(rank - 1, false));
        Shape full = result(a, b);
        Value product = product(squeeze(a, b), present(x), squeeze(b, a), present(y));
        return Emit.reshape(trace, product, full);
    }

    /** Where the leading axes of x go; −1 for one of size 1 that stretches to that of the other side, and is left out. */
    private static List<Axis> batch(Value x, Value other, int rank) {
        List<Axis> axes = new ArrayList<>();
        for (int axis = 0; axis < x.type().rank() - 2; axis++) {
            axes.add(
                    stretches(x, axis, other)
                            ? new Axis(-1, false)
                            : new Axis(axis + rank - x.type().rank(), false));
        }
        return axes;
    }

    private static List<Axis> present(List<Axis> axes) {
        return axes.stream()
                .filter(axis -> axis.contracted() || axis.result() >= 0)
                .toList();
    }

    private static boolean stretches(Value x, int axis, Value other) {
        int there = axis - x.type().rank() + other.type().rank();
        return axis < x.type().rank() - 2
                && there >= 0
                && x.type().size(axis) == 1
                && other.type().size(there) != 1;
    }

    private Value squeeze(Value x, Value other) {
        List<Dim> kept = new ArrayList<>();
        for (int axis = 0; axis < x.type().rank(); axis++) {
            if (!stretches(x, axis, other)) {
                kept.add(x.type().shape().dim(axis));
            }
        }
        return kept.size() == x.type().rank() ? x : moveReshape(x, new Shape(kept), other);
    }

    /** Leaves axes of size 1 out of x; out of a transposed x before the transpose, so that it can still be read in place. */
    private Value moveReshape(Value x, Shape shape, Value other) {
        if (x.op() instanceof Permute permute) {
            List<Integer> dropped = new ArrayList<>();
            List<Integer> kept = new ArrayList<>();
            for (int axis = 0; axis < x.type().rank(); axis++) {
                (stretches(x, axis, other) ? dropped : kept).add(permute.axes().get(axis));
            }
            Value inner =
                    Emit.reshape(trace, permute.x(), permute.x().type().shape().without(dropped));
            List<Integer> axes = kept.stream()
                    .map(axis -> axis
                            - (int) dropped.stream().filter(gone -> gone < axis).count())
                    .toList();
            return Emit.permute(trace, inner, axes);
        }
        return Emit.reshape(trace, x, shape);
    }

    private Shape result(Value a, Value b) {
        Shape x = a.type().shape();
        Shape y = b.type().shape();
        Shape batch = Emit.join(
                new Shape(x.dims().subList(0, x.rank() - 2)), new Shape(y.dims().subList(0, y.rank() - 2)), "@", span);
        List<Dim> dims = new ArrayList<>(batch.dims());
        dims.add(x.dim(x.rank() - 2));
        dims.add(y.dim(y.rank() - 1));
        return new Shape(dims);
    }

    /** The product, its axes in the order of their numbers; those that both sides have are batch axes. */
    private Value product(Value a, List<Axis> x, Value b, List<Axis> y) {
        Permute left = transposed(a);
        Permute right = transposed(b);
        Value from = left == null ? a : left.x();
        Value with = right == null ? b : right.x();
        List<Axis> fromAxes = left == null ? x : behind(left, x);
        List<Axis> withAxes = right == null ? y : behind(right, y);
        List<Integer> xBatch = new ArrayList<>();
        List<Integer> yBatch = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            int axis = x.get(i).result();
            int there = axis < 0 || x.get(i).contracted() ? -1 : position(withAxes, axis);
            if (there >= 0) {
                xBatch.add(position(fromAxes, axis));
                yBatch.add(there);
                order.add(axis);
            }
        }
        List<Integer> shared = List.copyOf(order);
        fromAxes.stream().filter(axis -> isFree(axis, shared)).forEach(axis -> order.add(axis.result()));
        withAxes.stream().filter(axis -> isFree(axis, shared)).forEach(axis -> order.add(axis.result()));
        Value product = trace.add(new DotGeneral(
                from,
                with,
                xBatch,
                yBatch,
                List.of(contracted(fromAxes)),
                List.of(contracted(withAxes)),
                from.type().element()));
        List<Integer> sorted = order.stream().sorted().toList();
        return Emit.permute(trace, product, sorted.stream().map(order::indexOf).toList());
    }

    private static boolean isFree(Axis axis, List<Integer> shared) {
        return !axis.contracted() && !shared.contains(axis.result());
    }

    private static @Nullable Permute transposed(Value value) {
        return value.op() instanceof Permute permute ? permute : null;
    }

    /** The axes of what is permuted, from those of the permutation. */
    private static List<Axis> behind(Permute permute, List<Axis> axes) {
        Axis[] behind = new Axis[axes.size()];
        for (int axis = 0; axis < behind.length; axis++) {
            behind[permute.axes().get(axis)] = axes.get(axis);
        }
        return List.of(behind);
    }

    private static int position(List<Axis> axes, int result) {
        for (int i = 0; i < axes.size(); i++) {
            if (!axes.get(i).contracted() && axes.get(i).result() == result) {
                return i;
            }
        }
        return -1;
    }

    private static int contracted(List<Axis> axes) {
        for (int i = 0; i < axes.size(); i++) {
            if (axes.get(i).contracted()) {
                return i;
            }
        }
        throw new IllegalStateException("@: no contracted axis");
    }
}
