package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.type.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How a value is read from the root that movement leads to it from, by linear (row-major) index {@code i} of the value.
 *
 * @param factor of {@code INNER} and {@code OUTER}, else 1
 */
public record Access(Value root, Pattern pattern, long factor) {

    /** Which element of the root stands at {@code i}. */
    public enum Pattern {
        /** {@code root[i]}. */
        IDENTITY,
        /** {@code root[i / factor]}: each element repeated, as a row's statistic along its row. */
        INNER,
        /** {@code root[i % factor]}: all repeated, as a bias under every row. */
        OUTER,
        /** {@code root[0]}: the root has one element. */
        SCALAR,
        /** By {@link Movement.Layout#source} of every step; see also {@link StridedView}. */
        GENERAL
    }

    /** Reads {@code value} down to the first value that {@code isRoot} holds for, or that is no movement of one operand. */
    public static Access of(Value value, Predicate<Value> isRoot) {
        Deque<Value> steps = new ArrayDeque<>();
        Value root = value;
        while (!isRoot.test(root) && isStep(root)) {
            steps.push(root);
            root = root.operands().getFirst();
        }
        Access access = new Access(root, Pattern.IDENTITY, 1);
        for (Value step : steps) {
            access = access.then(step);
        }
        return access;
    }

    /** What a value inside reads, behind all that only moves. */
    static Value root(Value value, Set<Value> inside) {
        Value root = value;
        while (inside.contains(root) && isStep(root)) {
            root = root.operands().getFirst();
        }
        return root;
    }

    /** Whether a value only moves the elements of its one operand. */
    static boolean isStep(Value value) {
        return value.op() instanceof Movement.Layout || value.op() instanceof StopGradient;
    }

    Access then(Value step) {
        long elements = root.type().shape().elements();
        if (elements == 1 && step.type().shape().elements() == 1) {
            return this;
        }
        return switch (step.op()) {
            case Reshape reshape -> this;
            case StopGradient same -> this;
            case Broadcast broadcast -> repeated(broadcast, elements);
            case Permute permute when keepsOrder(permute) -> this;
            case Slice slice when slice.type().equals(slice.x().type()) -> this;
            default -> new Access(root, Pattern.GENERAL, 1);
        };
    }

    private Access repeated(Broadcast broadcast, long elements) {
        if (elements == 1) {
            return new Access(root, Pattern.SCALAR, 1);
        }
        long before = broadcast.x().type().shape().elements();
        long after = broadcast.shape().elements();
        if (before == after) {
            return this;
        }
        boolean inner = repeatsOnly(broadcast, true);
        boolean outer = repeatsOnly(broadcast, false);
        if (inner && before > 0 && (pattern == Pattern.IDENTITY || pattern == Pattern.INNER)) {
            return new Access(root, Pattern.INNER, factor * (after / before));
        }
        if (outer && (pattern == Pattern.IDENTITY || pattern == Pattern.OUTER)) {
            return new Access(root, Pattern.OUTER, elements);
        }
        return new Access(root, Pattern.GENERAL, 1);
    }

    /** Whether all new axes stand after (or before) all old ones, axes of size 1 aside. */
    private static boolean repeatsOnly(Broadcast broadcast, boolean after) {
        Shape shape = broadcast.shape();
        boolean seenOld = false;
        boolean seenNew = false;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.size(axis) == 1) {
                continue;
            }
            boolean old = broadcast.axes().contains(axis);
            if (after ? old && seenNew : !old && seenOld) {
                return false;
            }
            seenOld |= old;
            seenNew |= !old;
        }
        return true;
    }

    private static boolean keepsOrder(Permute permute) {
        Shape from = permute.x().type().shape();
        List<Integer> moved =
                permute.axes().stream().filter(axis -> from.size(axis) != 1).toList();
        return moved.equals(moved.stream().sorted().toList());
    }
}
