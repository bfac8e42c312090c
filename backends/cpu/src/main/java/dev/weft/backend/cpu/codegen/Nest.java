package dev.weft.backend.cpu.codegen;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.op.ArgMax;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A loop nest and what it produces: rows, several passes over each row, and roots.
 *
 * @param flat whether there are no rows, only points: units are then ranges of points
 * @param stored values that are written to memory, among the roots and the reductions
 */
record Nest(Space space, boolean flat, Demands demands, List<Root> roots, Set<Value> stored) {

    /** How reductions lie in the rows. */
    enum Shape2 {
        ROW,
        COLUMN,
        ALL
    }

    Nest {
        roots = List.copyOf(roots);
        stored = Set.copyOf(stored);
    }

    int passes() {
        int passes = 1;
        for (Root root : roots) {
            boolean before = root.kind() == Root.Kind.STORE_ROW || root.kind() == Root.Kind.REDUCE_ROWS;
            passes = Math.max(passes, before ? root.stage() : root.stage() + 1);
        }
        return passes;
    }

    /** The nest over {@code rows · width} points that computes {@code values} and stores {@code outputs}. */
    static Nest of(long rows, long width, List<Value> values, List<Value> outputs) {
        boolean flat = values.stream().noneMatch(value -> value.op() instanceof Reduction);
        Space space = flat ? Space.of(1, rows * width) : Space.of(rows, width);
        while (true) {
            try {
                return analyze(space, flat, values, outputs);
            } catch (Index.SplitRequest request) {
                space = space.split(request);
            }
        }
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
            if (value.op() instanceof Reduction reduction && classify(reduction, space) == Shape2.ROW) {
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
            if (outputs.contains(value) && !(value.op() instanceof Reduction && !rowResults.contains(value))) {
                roots.add(store(space, demands, value, stages.get(value)));
            }
        }
        return new Nest(flat ? asRows(space) : space, flat && space.inner().size() == 1, demands, roots, Set.copyOf(outputs));
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
            boolean result = value.op() instanceof Reduction;
            return result
                    ? new Root(Root.Kind.STORE_ROW, value, demands.at(value, space.row()), stage)
                    : new Root(Root.Kind.STORE_POINT, value, demands.at(value, space.point()), stage);
        }
        if (elements == space.rows()) {
            return new Root(Root.Kind.STORE_ROW, value, demands.at(value, space.row()), stage);
        }
        throw new DefectException("kernel: " + value + " must have one element per point or per row of " + space.rows() + " x "
                + space.width());
    }

    private static Root reduction(
            Space space, Demands demands, Value value, Reduction op, Map<Value, Integer> stages) {
        Value operand = op.operands().getFirst();
        int stage = stages.getOrDefault(operand, 0);
        boolean ofRows = operand.type().shape().elements() == space.rows() && space.width() != 1;
        return switch (classify(op, space)) {
            case ROW -> new Root(Root.Kind.REDUCE_ROW, value, demands.at(operand, operandIndex(op, space)), stage);
            case COLUMN -> new Root(Root.Kind.REDUCE_COLUMN, value, demands.at(operand, space.point()), stage);
            case ALL ->
                ofRows
                        ? new Root(Root.Kind.REDUCE_ROWS, value, demands.at(operand, space.row()), stage)
                        : new Root(Root.Kind.REDUCE_POINTS, value, demands.at(operand, space.point()), stage);
        };
    }

    /** Kept axes step with the rows, reduced axes within the row, wherever they stand. */
    private static List<Index> operandIndex(Reduction op, Space space) {
        Shape shape = op.operands().getFirst().type().shape();
        List<Integer> axes = axes(op);
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

    static List<Integer> axes(Reduction op) {
        return switch (op) {
            case Reduction.Fold fold -> fold.axes();
            case ArgMax argMax -> List.of(argMax.axis());
        };
    }

    private static Shape2 classify(Reduction op, Space space) {
        Shape shape = op.operands().getFirst().type().shape();
        long kept = op.type().shape().elements();
        if (kept == space.rows() && (kept > 1 || shape.elements() == space.width())) {
            return leads(op, shape) && kept == space.width() && kept > 1 ? Shape2.COLUMN : Shape2.ROW;
        }
        return kept == 1 ? Shape2.ALL : Shape2.COLUMN;
    }

    /** Whether the reduced axes stand before all others. */
    private static boolean leads(Reduction op, Shape shape) {
        long position = 1;
        List<Integer> axes = axes(op);
        boolean keptSeen = false;
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (shape.size(axis) != 1) {
                boolean reduced = axes.contains(axis);
                if (reduced && keptSeen) {
                    return false;
                }
                keptSeen |= !reduced;
                position *= shape.size(axis);
            }
        }
        return position > 1;
    }
}
