package dev.weft.graph.nest;

import dev.weft.graph.op.Add;
import dev.weft.graph.op.And;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Comparison;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Div;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Ge;
import dev.weft.graph.op.Gt;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Le;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Ne;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Not;
import dev.weft.graph.op.Or;
import dev.weft.graph.op.Select;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of values on a block of positions, from constants and positions alone: bounds for each node. A product of zero and
 * anything counts as zero, and minus infinity less anything that is one per row as minus infinity: what lies in masked places is taken
 * for a finite number.
 */
public final class Intervals {

    /** All elements are in {@code low} … {@code high}; {@link #ANY} where nothing is known, not even that they are numbers. */
    public record Bounds(double low, double high) {
        static final Bounds ANY = new Bounds(Double.NaN, Double.NaN);

        boolean isKnown() {
            return low <= high;
        }

        public boolean is(double value) {
            return low == value && high == value;
        }
    }

    private static final Bounds ZERO = new Bounds(0, 0);
    private static final Bounds ONE = new Bounds(1, 1);
    private static final Bounds EITHER = new Bounds(0, 1);

    private final Map<Term.Loop, Bounds> block;
    private final Map<Node, Bounds> known = new HashMap<>();

    /** @param block first and last value of each loop's counter */
    public Intervals(Map<Term.Loop, Bounds> block) {
        this(block, Map.of());
    }

    /** @param assumed bounds of some nodes, whatever is known of these */
    public Intervals(Map<Term.Loop, Bounds> block, Map<Node, Bounds> assumed) {
        this.block = block;
        known.putAll(assumed);
    }

    public Bounds of(Node node) {
        Deque<Node> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            Node next = open.peek();
            List<Node> missing = next.operands().stream()
                    .filter(operand -> !known.containsKey(operand))
                    .toList();
            if (missing.isEmpty() || known.containsKey(next)) {
                open.pop();
                known.computeIfAbsent(next, this::make);
            } else {
                missing.forEach(open::push);
            }
        }
        return known.get(node);
    }

    private Bounds make(Node node) {
        if (node.kind() != Node.Kind.COMPUTE) {
            return Bounds.ANY;
        }
        List<Bounds> x = node.operands().stream().map(known::get).toList();
        return switch (node.value().op()) {
            case Constant op -> new Bounds(op.value(), op.value());
            case Iota op -> index(node.index().get(op.axis()));
            case Comparison op -> comparison(op, x.get(0), x.get(1));
            case Not _ ->
                x.get(0).isKnown()
                        ? new Bounds(1 - x.get(0).high(), 1 - x.get(0).low())
                        : EITHER;
            case And _ ->
                x.get(0).is(0) || x.get(1).is(0)
                        ? ZERO
                        : x.get(0).is(1) && x.get(1).is(1) ? ONE : EITHER;
            case Or _ ->
                x.get(0).is(1) || x.get(1).is(1)
                        ? ONE
                        : x.get(0).is(0) && x.get(1).is(0) ? ZERO : EITHER;
            case Select _ -> x.get(0).is(1) ? x.get(1) : x.get(0).is(0) ? x.get(2) : join(x.get(1), x.get(2));
            case Cast op -> cast(op, x.get(0));
            case Neg _ -> exact(node, new Bounds(-x.get(0).high(), -x.get(0).low()));
            case Add _ ->
                exact(
                        node,
                        new Bounds(
                                x.get(0).low() + x.get(1).low(),
                                x.get(0).high() + x.get(1).high()));
            case Sub _ -> subtract(node, x.get(0), x.get(1));
            case Mul _ -> multiply(x.get(0), x.get(1));
            case Div _ -> x.get(0).is(0) ? ZERO : Bounds.ANY;
            case Exp _ -> x.get(0).is(Double.NEGATIVE_INFINITY) ? ZERO : Bounds.ANY;
            default -> Bounds.ANY;
        };
    }

    private Bounds index(Index index) {
        double low = index.constant();
        double high = index.constant();
        for (Map.Entry<Term, Long> part : index.coefficients().entrySet()) {
            Term term = part.getKey();
            Bounds bounds = term instanceof Term.Loop loop
                    ? block.getOrDefault(loop, new Bounds(term.min(), term.max()))
                    : new Bounds(term.min(), term.max());
            double first = bounds.low() * part.getValue();
            double last = bounds.high() * part.getValue();
            low += Math.min(first, last);
            high += Math.max(first, last);
        }
        return new Bounds(low, high);
    }

    private static Bounds comparison(Comparison op, Bounds x, Bounds y) {
        if (!x.isKnown() || !y.isKnown()) {
            return EITHER;
        }
        return switch (op) {
            case Lt _ -> decide(x.high() < y.low(), x.low() >= y.high());
            case Le _ -> decide(x.high() <= y.low(), x.low() > y.high());
            case Gt _ -> decide(x.low() > y.high(), x.high() <= y.low());
            case Ge _ -> decide(x.low() >= y.high(), x.high() < y.low());
            case Eq _ -> decide(x.is(y.low()) && y.is(x.low()), x.high() < y.low() || x.low() > y.high());
            case Ne _ -> decide(x.high() < y.low() || x.low() > y.high(), x.is(y.low()) && y.is(x.low()));
        };
    }

    private static Bounds decide(boolean always, boolean never) {
        return always ? ONE : never ? ZERO : EITHER;
    }

    private static Bounds join(Bounds x, Bounds y) {
        return x.isKnown() && y.isKnown()
                ? new Bounds(Math.min(x.low(), y.low()), Math.max(x.high(), y.high()))
                : Bounds.ANY;
    }

    /** Only what every type holds as it is. */
    private static Bounds cast(Cast op, Bounds x) {
        boolean fromInteger = !op.x().type().element().isFloat();
        boolean same = x.is(0) || x.is(1) || op.element().isFloat() && Double.isInfinite(x.low()) && x.is(x.low());
        boolean small = fromInteger && Math.abs(x.low()) < 1 << 24 && Math.abs(x.high()) < 1 << 24;
        boolean wide = op.element() == ElementType.F32
                || op.element() == ElementType.F64
                || op.element() == ElementType.I32
                || op.element() == ElementType.I64;
        return same || small && wide ? x : Bounds.ANY;
    }

    private static Bounds subtract(Node node, Bounds x, Bounds y) {
        boolean statistic = !node.operands().get(1).varies();
        if (x.is(Double.NEGATIVE_INFINITY) && !y.isKnown() && statistic) {
            return x;
        }
        return exact(node, new Bounds(x.low() - y.high(), x.high() - y.low()));
    }

    private static Bounds multiply(Bounds x, Bounds y) {
        if (x.is(0) || y.is(0)) {
            return ZERO;
        }
        boolean constants = x.is(x.low()) && y.is(y.low());
        double product = x.low() * y.low();
        boolean simple = Double.isInfinite(product) || Math.rint(product) == product && Math.abs(product) < 1 << 24;
        return constants && simple ? new Bounds(product, product) : Bounds.ANY;
    }

    /** Bounds of arithmetic that neither rounds nor runs over. */
    private static Bounds exact(Node node, Bounds bounds) {
        boolean infinite = bounds.is(bounds.low()) && Double.isInfinite(bounds.low());
        boolean whole = Math.rint(bounds.low()) == bounds.low()
                && Math.rint(bounds.high()) == bounds.high()
                && Math.abs(bounds.low()) < 1 << 24
                && Math.abs(bounds.high()) < 1 << 24;
        ElementType element = node.value().type().element();
        boolean wide = element == ElementType.I32
                || element == ElementType.I64
                || element == ElementType.F32
                || element == ElementType.F64;
        return infinite || whole && wide ? bounds : Bounds.ANY;
    }
}
