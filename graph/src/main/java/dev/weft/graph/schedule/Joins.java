package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * {@code p = f(x) | q = g(x) | concat(p, q)  ->  concat(f(x), g(x))}: little arithmetic that only a concat reads is computed where the
 * concat asks for it, each element once, so that the parts are never stored. So is a concat that is only moved before it is stored. Halves
 * of a tensor that turn together, as rotary positions have them, become one region forward and one backward.
 */
public final class Joins {

    /** An input of a part that is smaller by this factor is no reason to store the part. */
    private static final long SMALL = 8;

    private final Set<Value> results;
    private final List<List<Value>> users = new ArrayList<>();

    Joins(Graph graph) {
        results = new HashSet<>(graph.results());
        for (Value value : graph.values()) {
            while (users.size() <= value.id()) {
                users.add(new ArrayList<>(2));
            }
            for (Value operand : value.operands()) {
                users.get(operand.id()).add(value);
            }
        }
    }

    /** Whether a value is needed for one other only. */
    private boolean isHidden(Value value, Collection<Value> readers) {
        return !results.contains(value) && readers.containsAll(users.get(value.id()));
    }

    /** The values that a concat's part is made of and that need not be stored for it; empty if the part is better stored. */
    Set<Value> within(Value concat, Value part, Predicate<Value> isRoot) {
        Set<Value> cone = new LinkedHashSet<>();
        if (!isLittle(part, isRoot) || !isHidden(part, List.of(concat))) {
            return cone;
        }
        cone.add(part);
        Deque<Value> open = new ArrayDeque<>(cone);
        while (!open.isEmpty()) {
            for (Value operand : open.pop().operands()) {
                if (isLittle(operand, isRoot) && isHidden(operand, cone) && cone.add(operand)) {
                    open.add(operand);
                }
            }
        }
        long elements = part.type().shape().elements();
        boolean isWorthwhile = cone.stream()
                .flatMap(value -> value.operands().stream())
                .filter(operand -> !cone.contains(operand))
                .allMatch(operand -> isStoredAnyway(Access.of(operand, isRoot), isRoot, elements));
        return isWorthwhile ? cone : Set.of();
    }

    private static boolean isLittle(Value value, Predicate<Value> isRoot) {
        return isRoot.test(value)
                && value.op() instanceof Elementwise
                && value.type().shape().elements() > 1
                && Weight.of(value) <= Weight.DIVISION;
    }

    /** Whether what a part reads would not go into one region with the part: it would be stored then, in place of the part. */
    private static boolean isStoredAnyway(Access read, Predicate<Value> isRoot, long elements) {
        Value root = read.root();
        return !isRoot.test(root)
                || read.pattern() == Access.Pattern.GENERAL
                || read.pattern() == Access.Pattern.OUTER
                || root.op() instanceof Parameter
                || root.type().shape().elements() * SMALL <= elements;
    }

    /** The concat that a value only moves, if nobody else reads it: it need not be stored where the value is. */
    Set<Value> behind(Value moved) {
        Value value = moved;
        while (Access.isStep(value)) {
            Value before = value.operands().getFirst();
            if (!isHidden(before, List.of(value))) {
                return Set.of();
            }
            value = before;
        }
        return value != moved && value.op() instanceof Concat ? Set.of(value) : Set.of();
    }

    /**
     * The values of a region that are computed wherever a concat, or movement behind it, asks for them, and not at the region's point
     * alone.
     */
    public static Set<Value> inside(Region region) {
        Set<Value> moved = new HashSet<>();
        Set<Value> elsewhere = new HashSet<>(region.outputs());
        // Users come before what they read.
        for (Value value : region.values().reversed()) {
            boolean isMoved = moved.contains(value) && !elsewhere.contains(value);
            for (Value operand : value.operands()) {
                boolean part = (value.op() instanceof Concat || value.op() instanceof Elementwise && isMoved)
                        && operand.op() instanceof Elementwise;
                boolean joined = Access.isStep(value) && operand.op() instanceof Concat;
                (part || joined ? moved : elsewhere).add(operand);
            }
        }
        moved.removeAll(elsewhere);
        return moved;
    }
}
