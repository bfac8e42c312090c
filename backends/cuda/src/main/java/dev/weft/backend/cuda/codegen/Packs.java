package dev.weft.backend.cuda.codegen;

import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Neighbouring points that a thread takes together, so that what it reads and writes for them is one access of 16 bytes where that is
 * possible. A pack begins where the point's row-major position is a multiple of its size; every tensor lies at a multiple of 64 bytes.
 */
final class Packs {
    private static final List<Integer> SIZES = List.of(8, 4, 2);
    private static final int ACCESS_BYTES = 16;

    private final List<Term.Loop> varying;
    private final Index point;
    private final int size;
    private final Map<Node, Boolean> varies = new HashMap<>();

    /**
     * @param varying loops whose counters differ among the points of a pack
     * @param point the row-major position of a point
     * @param size points of a pack
     */
    private Packs(List<Term.Loop> varying, Index point, int size) {
        this.varying = List.copyOf(varying);
        this.point = point;
        this.size = size;
    }

    /**
     * The largest packs of which something is accessed in 16 bytes.
     *
     * @param allowed sizes that suit the loops
     */
    static Packs of(List<Root> roots, List<Term.Loop> varying, Index point, IntPredicate allowed) {
        for (int size : SIZES) {
            Packs packs = new Packs(varying, point, size);
            int least = packs.leastBytes(roots);
            if (allowed.test(size) && least > 0 && size <= Math.max(1, ACCESS_BYTES / least)) {
                return packs;
            }
        }
        return new Packs(varying, point, 1);
    }

    int size() {
        return size;
    }

    /** Whether the elements at such positions of a pack's points are neighbours, and begin where one access can. */
    boolean isTogether(Index position) {
        Index rest = beyond(position);
        return rest.constant() % size == 0
                && !rest.dependsOn(varying)
                && rest.coefficients().values().stream().allMatch(coefficient -> coefficient % size == 0);
    }

    /** What a position is beyond that of its point. */
    Index beyond(Index position) {
        return position.plus(point.times(-1));
    }

    /** Bytes of the smallest elements that are accessed together; 0 if none are. */
    private int leastBytes(List<Root> roots) {
        int least = 0;
        for (Node load : loads(roots)) {
            least = least(least, load.value().type().element());
        }
        for (Root root : roots) {
            if (root.kind() == Root.Kind.STORE_POINT && isTogether(root.target())) {
                least = least(least, root.value().type().element());
            }
        }
        return least;
    }

    private static int least(int least, ElementType element) {
        return least == 0 ? element.bytes() : Math.min(least, element.bytes());
    }

    /** What these roots read that is read together, in order of use. */
    Set<Node> loads(List<Root> roots) {
        Set<Node> loads = new LinkedHashSet<>();
        if (size > 1) {
            for (Node node : nodes(roots)) {
                if (node.kind() == Node.Kind.LOAD && varies(node) && isTogether(node.position())) {
                    loads.add(node);
                }
            }
        }
        return loads;
    }

    /** All that these roots need. */
    static Set<Node> nodes(List<Root> roots) {
        Set<Node> seen = new LinkedHashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        roots.reversed().forEach(root -> open.push(root.source()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                node.operands().reversed().forEach(open::push);
            }
        }
        return seen;
    }

    /** What these roots need that is the same in all of some loops, and needs no result of a row; operands first. */
    static List<Node> steady(List<Root> roots, List<Term.Loop> loops) {
        Packs all = new Packs(loops, Index.ZERO, 1);
        Map<Node, Boolean> waits = new HashMap<>();
        return nodes(roots).stream()
                .filter(node -> !all.varies(node) && !waits(node, waits))
                .toList();
    }

    private static boolean waits(Node node, Map<Node, Boolean> known) {
        Boolean before = known.get(node);
        if (before == null) {
            before = node.kind() == Node.Kind.RESULT
                    || node.operands().stream().anyMatch(operand -> waits(operand, known));
            known.put(node, before);
        }
        return before;
    }

    /** Whether a node may differ among the points of a pack. */
    boolean varies(Node node) {
        Deque<Node> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            Node next = open.peek();
            List<Node> before = next.operands().stream()
                    .filter(operand -> !varies.containsKey(operand))
                    .toList();
            if (before.isEmpty()) {
                open.pop();
                varies.put(next, differs(next));
            } else {
                before.forEach(open::push);
            }
        }
        return varies.getOrDefault(node, true);
    }

    private boolean differs(Node node) {
        boolean operands = node.operands().stream().anyMatch(operand -> varies.getOrDefault(operand, true));
        boolean places = node.kind() != Node.Kind.RESULT
                && !(node.value().op() instanceof Elementwise && node.kind() == Node.Kind.COMPUTE)
                && (node.position().dependsOn(varying)
                        || node.index().stream().anyMatch(index -> index.dependsOn(varying)));
        return operands || places;
    }
}
