package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.type.ElementType;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code dot(x, cast(q) · scale)} with {@code q (n, k)} stored and one stored scale for each group of neighbours along {@code k}, over which
 * the product sums; or {@code dot(x, cast(q))}. A product that restores the operand as it reads it moves the bytes of {@code q} alone. Groups
 * are those of {@link Quantization}: with any others the operand is stored as any value is.
 *
 * @param value the operand: {@code (n, k)} in f32, or in bf16 if it is cast to that at last
 * @param matrix {@code q}, a parameter
 * @param scales {@code (n, groups)} in f32, a parameter; null if there are none
 * @param group neighbours that share a scale; {@code k} if there are none
 */
public record Widened(Value value, Value matrix, @Nullable Value scales, long group) {

    /** What an operand is restored from; empty for any other value. */
    public static Optional<Widened> of(Value operand) {
        Value wide = operand.op() instanceof Cast cast
                        && cast.element() == ElementType.BF16
                        && cast.x().type().element() == ElementType.F32
                ? cast.x()
                : operand;
        if (operand.type().rank() != 2) {
            return Optional.empty();
        }
        if (wide.op() instanceof Mul mul) {
            return narrow(mul.x()).flatMap(q -> repeated(mul.y(), q)
                    .filter(each -> hasKnownGroups(each, q))
                    .map(each -> new Widened(operand, q, each.x(), each.shape().size(2))));
        }
        return narrow(wide).map(q -> new Widened(operand, q, null, q.type().size(1)));
    }

    private static Optional<Value> narrow(Value wide) {
        return wide.op() instanceof Cast cast
                        && cast.element() == ElementType.F32
                        && cast.x().op() instanceof Parameter
                        && (cast.x().type().element() == ElementType.I8
                                || cast.x().type().element() == ElementType.BF16)
                ? Optional.of(cast.x())
                : Optional.empty();
    }

    /** The repetition of scales {@code (n, groups) -> (n, groups, group) -> (n, k)} that a value is. */
    private static Optional<Broadcast> repeated(Value value, Value q) {
        Value row = value;
        if (row.op() instanceof Slice slice) {
            boolean isStart = slice.starts().stream().allMatch(start -> start == 0)
                    && slice.strides().stream().allMatch(stride -> stride == 1);
            row = isStart ? slice.x() : row;
        }
        return row.op() instanceof Reshape reshape
                        && reshape.x().op() instanceof Broadcast each
                        && each.x().op() instanceof Parameter
                        && each.x().type().element() == ElementType.F32
                        && each.axes().equals(List.of(0, 1))
                        && each.shape().rank() == 3
                        && row.type().size(0) == q.type().size(0)
                        && each.shape().size(0) == q.type().size(0)
                ? Optional.of(each)
                : Optional.empty();
    }

    private static boolean hasKnownGroups(Broadcast scales, Value q) {
        long group = scales.shape().size(2);
        return group == Quantization.SIZE
                || group < Quantization.SIZE && group == q.type().size(1);
    }

    /** The arithmetic of a graph that only restores right operands of products, and need not be stored. */
    static Set<Value> inside(Graph graph) {
        Set<Value> results = new HashSet<>(graph.results());
        Map<Value, List<Value>> users = graph.users();
        Set<Value> inside = new LinkedHashSet<>();
        for (Value value : graph.values()) {
            if (!(value.op() instanceof DotGeneral dot)) {
                continue;
            }
            Optional<Widened> operand = of(dot.y()).filter(_ -> isRightOperand(dot, dot.y()));
            operand.filter(widened -> widened.steps().stream().noneMatch(results::contains)
                            && users.get(widened.value()).stream()
                                    .allMatch(user -> user.op() instanceof DotGeneral reader
                                            && isRightOperand(reader, widened.value())))
                    .filter(widened -> isHidden(widened, users))
                    .ifPresent(widened -> inside.addAll(widened.steps()));
        }
        return inside;
    }

    static boolean isRightOperand(DotGeneral dot, Value operand) {
        return dot.y() == operand
                && dot.x() != operand
                && dot.yBatch().isEmpty()
                && dot.yContract().equals(List.of(1));
    }

    /** The arithmetic between what is stored and the operand. */
    private List<Value> steps() {
        Value wide = value.op() instanceof Cast cast && cast.x() != matrix ? cast.x() : value;
        Set<Value> steps = new LinkedHashSet<>(List.of(value, wide));
        if (wide.op() instanceof Mul mul) {
            steps.add(mul.x());
        }
        return List.copyOf(steps);
    }

    /** Whether what comes before the operand is read for it alone. */
    private static boolean isHidden(Widened widened, Map<Value, List<Value>> users) {
        List<Value> steps = widened.steps();
        return steps.stream()
                .filter(step -> step != widened.value())
                .allMatch(step -> steps.containsAll(users.get(step)));
    }
}
