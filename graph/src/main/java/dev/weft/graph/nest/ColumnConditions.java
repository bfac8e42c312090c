package dev.weft.graph.nest;

import dev.weft.graph.nest.LiveColumns.Condition;
import dev.weft.graph.nest.LiveColumns.Datum;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Comparison;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Ge;
import dev.weft.graph.op.Gt;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Le;
import dev.weft.graph.op.Lt;
import dev.weft.graph.op.Ne;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Sub;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds {@link LiveColumns}: comparisons of sums of positions and integers, of which it is certain that where they turn out one way, all
 * that is wanted is zero and all that is reduced is neutral.
 */
public final class ColumnConditions {
    private static final Intervals.Bounds NO = new Intervals.Bounds(0, 0);
    private static final Intervals.Bounds YES = new Intervals.Bounds(1, 1);

    private final Space space;
    private final Predicate<Map<Node, Intervals.Bounds>> isDead;

    /**
     * @param isDead whether nothing of all columns matters if some comparisons, which are given with 0 or 1, turn out that way
     */
    public ColumnConditions(Space space, Predicate<Map<Node, Intervals.Bounds>> isDead) {
        this.space = space;
        this.isDead = isDead;
    }

    /** The conditions under which the columns of a nest with these roots matter; all columns where none of them depends on data. */
    public LiveColumns of(List<Root> roots) {
        LiveColumns all = all(roots);
        boolean data = all.conditions().stream()
                .anyMatch(condition -> !condition.data().isEmpty());
        return data ? all : LiveColumns.ALL;
    }

    /** The same, whether they depend on data or on positions alone. */
    public LiveColumns all(List<Root> roots) {
        List<Condition> conditions = new ArrayList<>();
        for (Node node : comparisons(roots)) {
            Comparison op = (Comparison) node.value().op();
            for (boolean holds : new boolean[] {true, false}) {
                condition(op, node, holds)
                        .filter(condition -> condition.factor() != 0)
                        .filter(_ -> isDead.test(Map.of(node, holds ? NO : YES)))
                        .ifPresent(conditions::add);
            }
        }
        return new LiveColumns(conditions);
    }

    private static Set<Node> comparisons(List<Root> roots) {
        Set<Node> found = new LinkedHashSet<>();
        Set<Node> seen = new LinkedHashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        roots.forEach(root -> open.add(root.source()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                if (node.kind() == Node.Kind.COMPUTE && node.value().op() instanceof Comparison) {
                    found.add(node);
                }
                node.operands().forEach(open::add);
            }
        }
        return found;
    }

    /** What it means that a comparison holds, or that it does not; empty if it is not one of positions and integers alone. */
    private Optional<Condition> condition(Comparison op, Node node, boolean holds) {
        Node x = node.operands().get(0);
        Node y = node.operands().get(1);
        return switch (op) {
            case Lt _ -> holds ? atLeast(y, x, 1) : atLeast(x, y, 0);
            case Le _ -> holds ? atLeast(y, x, 0) : atLeast(x, y, 1);
            case Gt _ -> holds ? atLeast(x, y, 1) : atLeast(y, x, 0);
            case Ge _ -> holds ? atLeast(x, y, 0) : atLeast(y, x, 1);
            case Eq _, Ne _ -> Optional.empty();
        };
    }

    /** {@code x − y − by ≥ 0}. */
    private Optional<Condition> atLeast(Node x, Node y, long by) {
        Sum sum = new Sum();
        return sum.add(x, 1) && sum.add(y, -1) ? sum.condition(by) : Optional.empty();
    }

    /** A sum of positions and integers. */
    private final class Sum {
        private Index positions = Index.ZERO;
        private final List<Datum> data = new ArrayList<>();
        private long magnitude;

        /** Adds a node, or takes it away; false where it is no such sum. */
        boolean add(Node node, int sign) {
            ElementType element = node.value().type().element();
            if (element != ElementType.I32 && element != ElementType.I64) {
                return false;
            }
            if (node.kind() == Node.Kind.LOAD) {
                return addDatum(node, sign);
            }
            return node.kind() == Node.Kind.COMPUTE
                    && switch (node.value().op()) {
                        case Constant op -> addPositions(Index.of((long) op.value()), sign);
                        case Iota op -> addPositions(node.index().get(op.axis()), sign);
                        case Add _ -> operand(node, 0, sign) && operand(node, 1, sign);
                        case Sub _ -> operand(node, 0, sign) && operand(node, 1, -sign);
                        case Neg _ -> operand(node, 0, -sign);
                        case Cast op -> op.x().type().element() == ElementType.I32 && operand(node, 0, sign);
                        default -> false;
                    };
        }

        private boolean operand(Node node, int which, int sign) {
            return add(node.operands().get(which), sign);
        }

        private boolean addPositions(Index index, int sign) {
            positions = positions.plus(index.times(sign));
            magnitude += Math.max(Math.abs(index.min()), Math.abs(index.max()));
            return index.coefficients().keySet().stream().allMatch(term -> term instanceof Term.Loop);
        }

        private boolean addDatum(Node node, int sign) {
            Index at = node.position();
            data.add(new Datum(node.value(), sign < 0, at.constant(), steps(at)));
            List<Term.Loop> loops = space.outer().subList(0, space.outer().size() - 1);
            return at.coefficients().keySet().stream()
                    .allMatch(term -> term instanceof Term.Loop loop && loops.contains(loop));
        }

        private List<Long> steps(Index index) {
            return space.outer().stream()
                    .map(loop -> index.coefficients().getOrDefault(loop, 0L))
                    .toList();
        }

        Optional<Condition> condition(long by) {
            long factor = positions.coefficients().getOrDefault(space.inner().getLast(), 0L);
            long most = magnitude + by;
            return most < Integer.MAX_VALUE
                    ? Optional.of(new Condition(factor, steps(positions), data, positions.constant() - by, most))
                    : Optional.empty();
        }
    }
}
