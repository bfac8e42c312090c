package dev.weft.graph.nest;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Binary;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.schedule.Access;
import dev.weft.graph.type.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Follows values back to memory through symbolic positions. Movement ops disappear here: they only say where their operand is read.
 * Throws {@link Index.SplitRequest} where a loop should be two.
 */
public final class Demands {
    private final Space space;
    private final Set<Value> computed;
    private final Set<Value> rowResults;
    private final Set<Term.Loop> rowLoops;
    private final Map<Key, Node> nodes = new HashMap<>();
    private final Map<Term.Data, Node> data = new HashMap<>();

    private record Key(Value value, Index position) {}

    /**
     * @param computed values to compute; all others are read from memory
     * @param rowResults reductions of this nest whose results are in registers, one per row
     */
    public Demands(Space space, Set<Value> computed, Set<Value> rowResults) {
        this.space = space;
        this.computed = computed;
        this.rowResults = rowResults;
        this.rowLoops = new HashSet<>(space.inner());
    }

    public Node at(Value value, List<Index> index) {
        return at(value, IndexMaps.position(index, value.type().shape()));
    }

    /** The node of {@code value} at a row-major position. */
    public Node at(Value value, Index position) {
        Key key = new Key(value, position);
        Node node = nodes.get(key);
        if (node == null) {
            makeOperands(value, position);
            node = make(value, position);
            nodes.put(key, node);
        }
        return node;
    }

    /** What is read at the value's own position comes first, without recursion: such chains may be thousands of values long. */
    private void makeOperands(Value value, Index position) {
        Deque<Value> open = new ArrayDeque<>(straight(value, position));
        while (!open.isEmpty()) {
            Value next = open.peek();
            Key key = new Key(next, position);
            List<Value> before = nodes.containsKey(key) ? List.of() : straight(next, position);
            if (before.isEmpty()) {
                open.pop();
                if (!nodes.containsKey(key)) {
                    nodes.put(key, make(next, position));
                }
            } else {
                before.forEach(open::push);
            }
        }
    }

    /** Operands at the same position that have no node yet. */
    private List<Value> straight(Value value, Index position) {
        boolean leads = computed.contains(value)
                && !rowResults.contains(value)
                && (value.op() instanceof Elementwise
                        || value.op() instanceof Reshape
                        || value.op() instanceof StopGradient);
        return leads
                ? value.operands().stream()
                        .filter(operand -> !nodes.containsKey(new Key(operand, position)))
                        .toList()
                : List.of();
    }

    private Node make(Value value, Index position) {
        if (!computed.contains(value)) {
            return node(Node.Kind.LOAD, value, position, List.of(), dataIn(position));
        }
        if (rowResults.contains(value)) {
            if (!position.equals(space.row())) {
                throw new DefectException(
                        "kernel: " + value + " is one result per row and must be used in its row only");
            }
            return node(Node.Kind.RESULT, value, position, List.of(), List.of());
        }
        return switch (value.op()) {
            case Elementwise op ->
                compute(
                        value,
                        position,
                        List.of(),
                        ordered(
                                op,
                                op.operands().stream()
                                        .map(operand -> at(operand, position))
                                        .toList()));
            case Reshape op -> at(op.x(), position);
            case StopGradient op -> at(op.x(), position);
            case Pad op -> pad(value, op, position);
            case Movement.Layout op when op.x().type().shape().elements() == 1 -> at(op.x(), Index.ZERO);
            case Movement.Layout op when keepsOrder(value, op) -> at(op.x(), position);
            case Movement.Layout op -> at(op.x(), IndexMaps.source(op, index(value, position)));
            case Concat op -> concat(value, op, position);
            case Constant _ -> compute(value, Index.ZERO, List.of(), List.of());
            case Iota _ -> {
                List<Index> index = index(value, position);
                yield compute(value, position, index, dataIn(position));
            }
            case Random op -> {
                List<Node> operands = new ArrayList<>(List.of(at(op.seed(), Index.ZERO), at(op.step(), Index.ZERO)));
                operands.addAll(dataIn(position));
                yield compute(value, position, List.of(), operands);
            }
            case Gather op -> gather(value, op, position);
            case DynamicSlice op -> {
                List<Index> index = new ArrayList<>(index(value, position));
                Index start = data(op.start(), Index.ZERO, op.x().type().size(op.axis()) - op.size());
                index.set(op.axis(), index.get(op.axis()).plus(start));
                yield at(op.x(), index);
            }
            default ->
                throw new DefectException(
                        "kernel: " + value.op().mnemonic() + " must stand alone, but is used inside a loop");
        };
    }

    /**
     * What varies comes first and constants come last, where an op does not mind: {@code s * x} and {@code x * s} are one text, whichever
     * of them happened to be made first.
     */
    private static List<Node> ordered(Elementwise op, List<Node> operands) {
        return op instanceof Binary binary && binary.commutes()
                ? operands.stream().sorted(Comparator.comparing(Demands::rank)).toList()
                : operands;
    }

    private static int rank(Node node) {
        if (node.varies()) {
            return 0;
        }
        return node.kind() == Node.Kind.COMPUTE && node.value().op() instanceof Constant ? 2 : 1;
    }

    /** Whether an element's row-major position is the same before and after. */
    private static boolean keepsOrder(Value value, Movement.Layout op) {
        Value x = op.operands().getFirst();
        return Access.of(value, root -> root == x).pattern() == Access.Pattern.IDENTITY;
    }

    private static List<Index> index(Value value, Index position) {
        return IndexMaps.index(position, value.type().shape());
    }

    private Node gather(Value value, Gather op, Index position) {
        List<Index> index = index(value, position);
        Shape indices = op.indices().type().shape();
        Index at = IndexMaps.position(index.subList(0, indices.rank()), indices);
        List<Index> source = new ArrayList<>();
        source.add(data(op.indices(), at, op.table().type().size(0) - 1));
        source.addAll(index.subList(indices.rank(), index.size()));
        return at(op.table(), source);
    }

    public Index data(Value value, Index position, long max) {
        Term.Data term = new Term.Data(value, position, 0, Math.max(0, max));
        data.computeIfAbsent(term, key -> at(value, position));
        return Index.of(term);
    }

    /** The node whose register holds a term that is data. */
    public Node of(Term.Data term) {
        return data.get(term);
    }

    private Node pad(Value value, Pad op, Index position) {
        if (op.x().type().shape().elements() == 0) {
            return compute(value, position, List.of(), List.of());
        }
        List<Index> index = index(value, position);
        List<Node> operands = new ArrayList<>(List.of(at(op.x(), IndexMaps.source(op, index))));
        operands.addAll(dataIn(position));
        return compute(value, position, index, operands);
    }

    private Node concat(Value value, Concat op, Index position) {
        List<Index> index = index(value, position);
        Optional<Index> inEach = inEqualParts(op, index.get(op.axis()));
        List<Node> operands = new ArrayList<>();
        long start = 0;
        for (Value part : op.parts()) {
            long size = part.type().size(op.axis());
            if (part.type().shape().elements() > 0) {
                List<Index> source = new ArrayList<>(index);
                Index own = index.get(op.axis()).plus(-start);
                source.set(op.axis(), inEach.orElseGet(() -> IndexMaps.clamp(own, size)));
                operands.add(at(part, source));
            }
            start += size;
        }
        operands.addAll(dataIn(position));
        return compute(value, position, index, operands);
    }

    /** Where in each part, if all are equally long and loops step so that no part is left between two steps. */
    private static Optional<Index> inEqualParts(Concat op, Index along) {
        List<Long> sizes = op.parts().stream()
                .map(part -> part.type().size(op.axis()))
                .distinct()
                .toList();
        if (sizes.size() != 1 || sizes.getFirst() == 0) {
            return Optional.empty();
        }
        Index rest = along.divide(sizes.getFirst()).remainder();
        boolean steps = rest.coefficients().keySet().stream().noneMatch(term -> term instanceof Term.Remainder);
        return steps ? Optional.of(rest) : Optional.empty();
    }

    private Node compute(Value value, Index position, List<Index> index, List<Node> operands) {
        return node(Node.Kind.COMPUTE, value, position, index, operands);
    }

    private Node node(Node.Kind kind, Value value, Index position, List<Index> index, List<Node> operands) {
        boolean varies = position.dependsOn(rowLoops) || operands.stream().anyMatch(Node::varies);
        if (kind == Node.Kind.COMPUTE && value.op() instanceof Elementwise) {
            varies = operands.stream().anyMatch(Node::varies);
        }
        return new Node(kind, value, position, index, operands, varies);
    }

    private List<Node> dataIn(Index position) {
        return position.data().stream().map(data::get).toList();
    }
}
