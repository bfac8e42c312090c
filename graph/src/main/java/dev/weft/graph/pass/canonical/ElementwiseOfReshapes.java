package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Reshape;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code f(reshape(x), reshape(y)) -> reshape(f(x, y))} where the reshapes only add or drop axes of size 1, and scalars may take part:
 * a kept reduction axis is dropped before arithmetic on it.
 */
final class ElementwiseOfReshapes implements Rule<Elementwise> {

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
        Shape inner = innerShape(value);
        if (inner == null) {
            return null;
        }
        List<Value> operands = new ArrayList<>();
        for (Value operand : value.operands()) {
            operands.add(
                    switch (operand.op()) {
                        case Reshape reshape -> reshape.x();
                        case Broadcast broadcast -> to.add(new Broadcast(broadcast.x(), inner, List.of()));
                        default -> to.add(new Broadcast(operand, inner, List.of()));
                    });
        }
        return to.add(
                new Reshape(to.add(op.withOperands(operands)), value.type().shape()));
    }

    /** The one shape before all reshapes; null where the rule does not fire. */
    private static @Nullable Shape innerShape(Value value) {
        Shape inner = null;
        for (Value operand : value.operands()) {
            if (operand.op() instanceof Reshape reshape) {
                Shape shape = reshape.x().type().shape();
                boolean fits = inner == null || inner.equals(shape);
                if (!fits || !sizesOverOne(shape).equals(sizesOverOne(reshape.shape()))) {
                    return null;
                }
                inner = shape;
            } else if (!Match.isUniform(operand)) {
                return null;
            }
        }
        return inner;
    }

    private static List<Long> sizesOverOne(Shape shape) {
        return shape.dims().stream().map(Dim::size).filter(size -> size != 1).toList();
    }
}
