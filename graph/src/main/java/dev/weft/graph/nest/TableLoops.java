package dev.weft.graph.nest;

import dev.weft.graph.Value;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The loops of ops that must go through their elements in an order, and of those that write at places that are data. */
public final class TableLoops {
    private TableLoops() {}

    /**
     * Rows added into a table: the outer loop goes through the rows in order, the inner one through the columns of each.
     *
     * @param index of the table's row
     * @param update what is added
     */
    public record Scatter(Space space, Demands demands, Node index, Node update) {

        /** @param values what is computed inside */
        public static Scatter of(ScatterAdd op, List<Value> values) {
            long count = op.indices().type().shape().elements();
            long width = op.into().type().shape().without(List.of(0)).elements();
            Space space = Space.whole(count, width);
            Demands demands = new Demands(space, new HashSet<>(values), Set.of());
            return new Scatter(
                    space, demands, demands.at(op.indices(), space.row()), demands.at(op.updates(), space.point()));
        }
    }

    /**
     * Sums along an axis: the outer loops go through the lines, the inner one along each in order.
     *
     * @param position of an element, of the operand and of the result
     * @param element that is added
     */
    public record Lines(Space space, Demands demands, Index position, Node element) {

        /** @param values what is computed inside */
        public static Lines of(CumulativeSum op, List<Value> values) {
            Shape shape = op.type().shape();
            long depth = shape.size(op.axis());
            long stride = shape.strides()[op.axis()];
            long lines = depth == 0 ? 0 : shape.elements() / depth;
            Space space = new Space(
                    List.of(Term.Loop.whole(lines == 0 ? 0 : lines / stride), Term.Loop.whole(stride)),
                    List.of(Term.Loop.whole(depth)));
            Index position = Index.of(space.outer().get(0))
                    .times(depth * stride)
                    .plus(space.column().times(stride))
                    .plus(Index.of(space.outer().get(1)));
            Demands demands = new Demands(space, new HashSet<>(values), Set.of());
            return new Lines(space, demands, position, demands.at(op.x(), position));
        }
    }

    /** The nest that writes the update into {@code value}, which holds the rest already. */
    public static Nest update(Value value, DynamicUpdate op, List<Value> values) {
        long max = op.x().type().size(op.axis()) - op.update().type().size(op.axis());
        return Nest.copy(op.update(), value, values, (demands, index) -> {
            List<Index> moved = new ArrayList<>(index);
            moved.set(op.axis(), index.get(op.axis()).plus(demands.data(op.start(), Index.ZERO, max)));
            return moved;
        });
    }
}
