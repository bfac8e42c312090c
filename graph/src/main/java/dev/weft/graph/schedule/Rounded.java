package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.pass.precision.QuantizedRows;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.type.ElementType;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code dot(rounded(x), cast(q) · scale)}: left operands that only products with weights in i8 read, which round {@code x} as they read
 * it, so that nothing of {@link QuantizedRows} is stored.
 */
final class Rounded {

    private Rounded() {}

    /**
     * The left operands of a graph that need not be stored, with what they are rounded from.
     *
     * @param widened what only restores right operands
     */
    static Map<Value, QuantizedRows> inside(Graph graph, Set<Value> widened) {
        Set<Value> results = new HashSet<>(graph.results());
        Map<Value, List<Value>> users = graph.users();
        Map<Value, QuantizedRows> inside = new LinkedHashMap<>();
        for (Value value : graph.values()) {
            if (value.op() instanceof DotGeneral dot && !inside.containsKey(dot.x()) && isOfIntegers(dot, widened)) {
                QuantizedRows.of(dot.x())
                        .filter(rows -> isHidden(rows, results, users, widened))
                        .ifPresent(rows -> inside.put(dot.x(), rows));
            }
        }
        return inside;
    }

    private static boolean isHidden(
            QuantizedRows rows, Set<Value> results, Map<Value, List<Value>> users, Set<Value> widened) {
        Set<Value> steps = rows.steps();
        return steps.stream().noneMatch(results::contains)
                && steps.stream()
                        .filter(step -> step != rows.value())
                        .allMatch(step -> steps.containsAll(users.get(step)))
                && users.get(rows.value()).stream()
                        .allMatch(user -> user.op() instanceof DotGeneral dot
                                && dot.x() == rows.value()
                                && isOfIntegers(dot, widened));
    }

    /** Whether a product sums along rows and reads weights in i8 with a scale for each group of neighbours. */
    static boolean isOfIntegers(DotGeneral dot, Set<Value> widened) {
        return widened.contains(dot.y()) && isOfIntegers(dot);
    }

    private static boolean isOfIntegers(DotGeneral dot) {
        Optional<Widened> weights = Widened.of(dot.y());
        return Widened.isRightOperand(dot, dot.y())
                && dot.xContract().equals(List.of(dot.x().type().rank() - 1))
                && weights.filter(each -> each.matrix().type().element() == ElementType.I8
                                && each.scales() != null
                                && each.group() == Quantization.SIZE)
                        .isPresent();
    }
}
