package dev.weft.graph.nest;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A product as plain loops: rows are its elements, columns the terms of each sum, whatever views its operands are.
 *
 * @param x the left factor of a term
 * @param y the right one
 * @param accumulator what sums are held in: f32, f64 or i64
 */
public record DotOperands(Space space, Demands demands, Node x, Node y, ElementType accumulator) {

    /** @param values what is computed inside, with {@code dot} or without */
    public static DotOperands of(Value dot, List<Value> values) {
        DotGeneral op = (DotGeneral) dot.op();
        Shape reduced = new Shape(
                op.xContract().stream().map(op.x().type().shape()::dim).toList());
        Space space = Space.of(dot.type().shape().elements(), reduced.elements());
        while (true) {
            try {
                return within(space, dot, op, reduced, values);
            } catch (Index.SplitRequest request) {
                space = space.split(request);
            }
        }
    }

    private static DotOperands within(Space space, Value dot, DotGeneral op, Shape reduced, List<Value> values) {
        Set<Value> computed = new HashSet<>(values);
        computed.remove(dot);
        Demands demands = new Demands(space, computed, Set.of());
        List<Index> result = IndexMaps.index(space.row(), dot.type().shape());
        List<Index> depth = IndexMaps.index(space.column(), reduced);
        int batch = op.xBatch().size();
        int rows = op.xFree().size();
        List<Index> loops = result.subList(0, batch);
        List<Index> x = index(op.x(), op.xBatch(), loops, op.xFree(), result.subList(batch, batch + rows));
        List<Index> y = index(op.y(), op.yBatch(), loops, op.yFree(), result.subList(batch + rows, result.size()));
        return new DotOperands(
                space,
                demands,
                demands.at(op.x(), terms(x, op.xContract(), depth)),
                demands.at(op.y(), terms(y, op.yContract(), depth)),
                accumulator(op.x().type().element(), op.element()));
    }

    private static List<Index> index(
            Value operand, List<Integer> batchAxes, List<Index> batch, List<Integer> freeAxes, List<Index> free) {
        List<Index> index = new ArrayList<>(Collections.nCopies(operand.type().rank(), Index.ZERO));
        for (int i = 0; i < batch.size(); i++) {
            index.set(batchAxes.get(i), batch.get(i));
        }
        for (int i = 0; i < free.size(); i++) {
            index.set(freeAxes.get(i), free.get(i));
        }
        return index;
    }

    private static List<Index> terms(List<Index> index, List<Integer> axes, List<Index> depth) {
        for (int i = 0; i < depth.size(); i++) {
            index.set(axes.get(i), depth.get(i));
        }
        return index;
    }

    private static ElementType accumulator(ElementType from, ElementType to) {
        if (from == ElementType.F64 || to == ElementType.F64) {
            return ElementType.F64;
        }
        return from.isFloat() ? ElementType.F32 : ElementType.I64;
    }
}
