package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code f(broadcast(x), broadcast(y)) -> broadcast(f(x, y))} where both repeat along the same axes or come from scalars: each element
 * is computed once.
 */
final class ElementwiseOfBroadcasts implements Rule<Elementwise> {

    @Override
    public Class<Elementwise> root() {
        return Elementwise.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Elementwise op, Value value, Rewriting to) {
        List<Integer> axes = List.of();
        Shape inner = Shape.SCALAR;
        for (Value operand : value.operands()) {
            if (!(operand.op() instanceof Broadcast broadcast)) {
                return null;
            }
            if (!broadcast.axes().isEmpty()) {
                if (!axes.isEmpty() && !axes.equals(broadcast.axes())) {
                    return null;
                }
                axes = broadcast.axes();
                inner = broadcast.x().type().shape();
            }
        }
        List<Value> small = new ArrayList<>();
        for (Value operand : value.operands()) {
            Value x = ((Broadcast) operand.op()).x();
            boolean fits = x.type().shape().equals(inner);
            small.add(fits ? x : to.add(new Broadcast(x, inner, List.of())));
        }
        return to.add(new Broadcast(to.add(op.withOperands(small)), value.type().shape(), axes));
    }
}
