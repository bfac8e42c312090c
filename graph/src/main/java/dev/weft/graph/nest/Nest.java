package dev.weft.graph.nest;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.schedule.ReductionClass;
import dev.weft.graph.type.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * A loop nest and what it produces: rows, several passes over each row, and roots.
 *
 * @param flat whether there are no rows, only points: units are then ranges of points
 */
public record Nest(Space space, boolean flat, Demands demands, List<Root> roots) {

    public Nest {
        roots = List.copyOf(roots);
    }

    public int passes() {
        int passes = 1;
        for (Root root : roots) {
            boolean before = root.kind() == Root.Kind.STORE_ROW || root.kind() == Root.Kind.REDUCE_ROWS;
            passes = Math.max(passes, before ? root.stage() : root.stage() + 1);
        }
        return passes;
    }

    /**
     * Whether nothing of a block of points matters: all that is stored at points is zero there, and reductions of rows see nothing that
     * changes them.
     *
     * @param block first and last value of loops' counters
     * @param assumed what some nodes are taken for
     */
    public boolean isDead(Map<Term.Loop, Intervals.Bounds> block, Map<Node, Intervals.Bounds> assumed) {
        Intervals intervals = new Intervals(block, assumed);
        return roots.stream().allMatch(root -> switch (root.kind()) {
            case STORE_ROW -> true;
            case STORE_POINT -> intervals.of(root.source()).is(0);
            case REDUCE_ROW ->
                root.value().op() instanceof Reduction.Fold fold
                        && intervals.of(root.source()).is(fold.neutral());
            case REDUCE_COLUMN, REDUCE_POINTS, REDUCE_ROWS -> false;
        });
    }

    /** The nest over {@code rows · width} points that computes {@code values} and stores {@code outputs}. */
    public static Nest of(long rows, long width, List<Value> values, List<Value> outputs) {
        boolean flat = values.stream().allMatch(value -> isPointwise(value, rows * width))
                && outputs.stream()
                        .allMatch(value ->
                                isPartial(value) || value.type().shape().elements() == rows * width);
        Space space = flat ? Space.of(1, rows * width) : Space.of(rows, width);
        while (true) {
            try {
                return analyze(space, flat, values, outputs);
            } catch (Index.SplitRequest request) {
                space = space.split(request);
            }
        }
    }

    /** Whether a value asks for no rows: it is no reduction, or one of all points. */
    private static boolean isPointwise(Value value, long points) {
        return !(value.op() instanceof Reduction reduction)
                || (ReductionClass.of(reduction) == ReductionClass.FULL
                        && value.operands().getFirst().type().shape().elements() == points);
    }

    private static boolean isPartial(Value value) {
        if (!(value.op() instanceof Reduction reduction)) {
            return false;
        }
        return switch (ReductionClass.of(reduction)) {
            case COLUMN, FULL -> true;
            case ROW, STRIDED -> false;
        };
    }

    /** The nest that stores {@code source}, element by element, into {@code target}: at its own position, or moved by data. */
    public static Nest copy(
            Value source, Value target, List<Value> values, BiFunction<Demands, List<Index>, List<Index>> place) {
        Space space = Space.of(1, source.type().shape().elements());
        while (true) {
            try {
                Demands demands = new Demands(space, new HashSet<>(values), Set.of());
                List<Index> index = IndexMaps.index(space.point(), source.type().shape());
                Index to = IndexMaps.position(
                        place.apply(demands, index), target.type().shape());
                Root root = new Root(Root.Kind.STORE_POINT, target, demands.at(source, space.point()), to, 0);
                return new Nest(asRows(space), space.inner().size() == 1, demands, List.of(root));
            } catch (Index.SplitRequest request) {
                space = space.split(request);
            }
        }
    }

    /** The nest over the points of a product, row by row within each tile; empty if its values need another order than that. */
    public static Optional<Nest> tiled(Tiling tiling, List<Value> values, List<Value> outputs) {
        long points = tiling.product().type().shape().elements();
        boolean pointwise = values.stream().allMatch(value -> isPointwiseOrTotal(value, points, tiling))
                && outputs.stream()
                        .allMatch(output ->
                                isPartial(output) || output.type().shape().elements() == points);
        if (!pointwise || !tiling.isContiguous()) {
            return Optional.empty();
        }
        List<Term.Loop> outer = new ArrayList<>();
        tiling.outer().forEach(axis -> outer.add(new Term.Loop(axis.size())));
        Space space = new Space(
                outer.isEmpty() ? List.of(new Term.Loop(1)) : outer,
                List.of(new Term.Loop(tiling.columns().size())));
        while (true) {
            try {
                Nest nest = analyze(space, false, values, outputs);
                boolean whole = space.inner().size() == 1 && nest.readsOnlyInPlace(tiling.product());
                return whole ? Optional.of(nest) : Optional.empty();
            } catch (Index.SplitRequest request) {
                space = space.split(request);
            }
        }
    }

    /** The nest over the points of a matrix of which panels are in memory; empty if its values need another order than row by row. */
    public static Optional<Nest> panels(Panels panels, List<Value> values, List<Value> outputs) {
        List<Term.Loop> outer = panels.outer().stream().map(Term.Loop::whole).toList();
        Space space = new Space(outer, List.of(Term.Loop.whole(panels.columns())));
        Nest nest = analyze(space, false, values, outputs);
        boolean inRows = nest.roots().stream().noneMatch(root -> switch (root.kind()) {
            case REDUCE_COLUMN, REDUCE_POINTS, REDUCE_ROWS -> true;
            case REDUCE_ROW, STORE_POINT, STORE_ROW -> false;
        });
        return inRows && panels.given().stream().allMatch(nest::readsOnlyInPlace)
                ? Optional.of(nest)
                : Optional.empty();
    }

    /** Whether a value is no reduction, or one of each column or of everything. */
    private static boolean isPointwiseOrTotal(Value value, long points, Tiling tiling) {
        if (!(value.op() instanceof Reduction reduction)) {
            return true;
        }
        long results = value.type().shape().elements();
        return isPartial(value)
                && value.operands().getFirst().type().shape().elements() == points
                && (ReductionClass.of(reduction) == ReductionClass.FULL
                        || results == tiling.columns().size());
    }

    /** Whether a value that is read from memory is read at each point's own position only. */
    private boolean readsOnlyInPlace(Value value) {
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>();
        roots.forEach(root -> open.push(root.source()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                if (node.value() == value && !node.position().equals(space.point())) {
                    return false;
                }
                node.operands().forEach(open::push);
            }
        }
        return true;
    }

    private static Nest analyze(Space space, boolean flat, List<Value> values, List<Value> outputs) {
        Set<Value> rowResults = new HashSet<>();
        Map<Value, Integer> stages = new HashMap<>();
        Set<Value> computed = new HashSet<>(values);
        for (Value value : values) {
            int stage = 0;
            for (Value operand : value.operands()) {
                stage = Math.max(stage, stages.getOrDefault(operand, 0));
            }
            if (value.op() instanceof Reduction && !isPartial(value)) {
                rowResults.add(value);
                stage++;
            }
            stages.put(value, stage);
        }
        Demands demands = new Demands(space, computed, rowResults);
        List<Root> roots = new ArrayList<>();
        for (Value value : values) {
            if (value.op() instanceof Reduction reduction) {
                roots.add(reduction(space, demands, value, reduction, stages));
            }
            if (outputs.contains(value) && !isPartial(value)) {
                roots.add(store(space, demands, value, stages.get(value)));
            }
        }
        return new Nest(flat ? asRows(space) : space, flat && space.inner().size() == 1, demands, roots);
    }

    /** Points in several loops: all but the innermost become rows. */
    private static Space asRows(Space space) {
        List<Term.Loop> inner = space.inner();
        if (inner.size() == 1) {
            return space;
        }
        List<Term.Loop> outer = new ArrayList<>(space.outer());
        outer.addAll(inner.subList(0, inner.size() - 1));
        return new Space(outer, inner.subList(inner.size() - 1, inner.size()));
    }

    private static Root store(Space space, Demands demands, Value value, int stage) {
        long elements = value.type().shape().elements();
        if (elements == space.rows() * space.width()) {
            return value.op() instanceof Reduction
                    ? new Root(Root.Kind.STORE_ROW, value, demands.at(value, space.row()), space.row(), stage)
                    : new Root(Root.Kind.STORE_POINT, value, demands.at(value, space.point()), space.point(), stage);
        }
        if (elements == space.rows()) {
            return new Root(Root.Kind.STORE_ROW, value, demands.at(value, space.row()), space.row(), stage);
        }
        throw new DefectException("kernel: " + value + " must have one element per point or per row of " + space.rows()
                + " x " + space.width());
    }

    private static Root reduction(Space space, Demands demands, Value value, Reduction op, Map<Value, Integer> stages) {
        Value operand = op.operands().getFirst();
        int stage = stages.getOrDefault(operand, 0);
        boolean ofRows = operand.type().shape().elements() == space.rows() && space.width() != 1;
        return switch (ReductionClass.of(op)) {
            case ROW, STRIDED ->
                new Root(Root.Kind.REDUCE_ROW, value, demands.at(operand, operandIndex(op, space)), space.row(), stage);
            case COLUMN ->
                new Root(Root.Kind.REDUCE_COLUMN, value, demands.at(operand, space.point()), space.column(), stage);
            case FULL ->
                ofRows
                        ? new Root(Root.Kind.REDUCE_ROWS, value, demands.at(operand, space.row()), Index.ZERO, stage)
                        : new Root(
                                Root.Kind.REDUCE_POINTS,
                                value,
                                demands.at(operand, space.point()),
                                space.column(),
                                stage);
        };
    }

    /** Kept axes step with the rows, reduced axes within the row, wherever they stand. */
    private static List<Index> operandIndex(Reduction op, Space space) {
        Shape shape = op.operands().getFirst().type().shape();
        List<Integer> axes = ReductionClass.axes(op);
        Shape kept = shape.without(axes);
        Shape reduced = new Shape(axes.stream().map(shape::dim).toList());
        List<Index> rowIndex = IndexMaps.index(space.row(), kept);
        List<Index> columnIndex = IndexMaps.index(space.column(), reduced);
        List<Index> index = new ArrayList<>();
        int row = 0;
        int column = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            index.add(axes.contains(axis) ? columnIndex.get(column++) : rowIndex.get(row++));
        }
        return index;
    }
}
