package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A softmax in one walk along its row:
 *
 * <pre>{@code
 * m = max x | e = exp(x - m), l = sum e | o = sum (e / l) · v
 *     ->  m, l, o so far; where m grows by d, l and o are multiplied by exp(-d); at the end o / l
 * }</pre>
 *
 * <p>Found by how the ops depend on m and l, whatever else there is: masks, dropped weights, casts. All that is summed must be
 * proportional to exp(-m), and to 1 / l or not dependent on l. (Milakov, Gimelshein, "Online normalizer calculation for softmax", 2018.)
 *
 * @param max the largest of a row, of {@code source()} x
 * @param sum the sum of a row
 * @param divided for each root that stores a panel, whether it is to be divided by the sum
 */
record Rescaling(Root max, Root sum, Map<Root, Boolean> divided) {

    /** How a node depends on the two results. */
    private enum Kind {
        /** Not at all. */
        FREE,
        /** x - m. */
        SHIFTED,
        /** Proportional to exp(-m). */
        SCALED,
        /** Proportional to exp(-m) / l. */
        DIVIDED,
        /** The largest. */
        MAX,
        /** The sum. */
        SUM,
        /** Otherwise. */
        OTHER
    }

    static Optional<Rescaling> of(Nest nest) {
        List<Root> points =
                nest.roots().stream().filter(root -> !root.kind().isPerRow()).toList();
        List<Root> reductions = points.stream()
                .filter(root -> root.kind() == Root.Kind.REDUCE_ROW)
                .toList();
        boolean two = reductions.size() == 2
                && reductions.get(0).value().op() instanceof ReduceMax
                && reductions.get(1).value().op() instanceof ReduceSum
                && reductions.get(0).stage() == 0
                && reductions.get(1).stage() == 1
                && reductions.stream().allMatch(root -> root.value().type().element() == ElementType.F32);
        if (!two) {
            return Optional.empty();
        }
        Map<Node, Kind> kinds = new HashMap<>();
        Root max = reductions.get(0);
        Root sum = reductions.get(1);
        Map<Root, Boolean> divided = new HashMap<>();
        for (Root root : points) {
            Kind kind = kind(root.source(), max.value(), sum.value(), kinds);
            if (root.kind() == Root.Kind.STORE_POINT) {
                if (kind != Kind.SCALED && kind != Kind.DIVIDED) {
                    return Optional.empty();
                }
                divided.put(root, kind == Kind.DIVIDED);
            }
        }
        return kinds.get(sum.source()) == Kind.SCALED
                ? Optional.of(new Rescaling(max, sum, Map.copyOf(divided)))
                : Optional.empty();
    }

    private static Kind kind(Node root, Value max, Value sum, Map<Node, Kind> kinds) {
        Deque<Node> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Node node = open.peek();
            List<Node> missing = node.operands().stream()
                    .filter(operand -> !kinds.containsKey(operand))
                    .toList();
            if (missing.isEmpty()) {
                open.pop();
                kinds.computeIfAbsent(node, key -> of(key, max, sum, kinds));
            } else {
                missing.forEach(open::push);
            }
        }
        return kinds.get(root);
    }

    private static Kind of(Node node, Value max, Value sum, Map<Node, Kind> kinds) {
        if (node.kind() == Node.Kind.RESULT) {
            return node.value() == max ? Kind.MAX : node.value() == sum ? Kind.SUM : Kind.OTHER;
        }
        List<Kind> x = node.operands().stream().map(kinds::get).toList();
        if (x.stream().allMatch(kind -> kind == Kind.FREE)) {
            return Kind.FREE;
        }
        return switch (node.value().op()) {
            case Sub _ -> x.get(0) == Kind.FREE && x.get(1) == Kind.MAX ? Kind.SHIFTED : Kind.OTHER;
            case Exp _ -> x.get(0) == Kind.SHIFTED ? Kind.SCALED : Kind.OTHER;
            case Mul _ ->
                x.get(0) == Kind.FREE ? linear(x.get(1)) : x.get(1) == Kind.FREE ? linear(x.get(0)) : Kind.OTHER;
            case Div _ ->
                x.get(1) == Kind.FREE
                        ? linear(x.get(0))
                        : x.get(0) == Kind.SCALED && x.get(1) == Kind.SUM ? Kind.DIVIDED : Kind.OTHER;
            case Neg _ -> linear(x.get(0));
            case Cast op -> op.element().isFloat() ? linear(x.get(0)) : Kind.OTHER;
            case Select _ -> x.get(0) == Kind.FREE ? either(node, x) : Kind.OTHER;
            default -> Kind.OTHER;
        };
    }

    private static Kind linear(Kind kind) {
        return kind == Kind.SCALED || kind == Kind.DIVIDED ? kind : Kind.OTHER;
    }

    private static Kind either(Node select, List<Kind> x) {
        if (isZero(select.operands().get(1))) {
            return linear(x.get(2));
        }
        return isZero(select.operands().get(2)) || x.get(1) == x.get(2) ? linear(x.get(1)) : Kind.OTHER;
    }

    private static boolean isZero(Node node) {
        return node.value().op() instanceof Constant constant && constant.value() == 0;
    }
}
