package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** x with a part of one axis replaced from a start that is data: {@code y = x; y[…, start + i, …] = update[…, i, …]}. */
public record DynamicUpdate(Value x, Value update, Value start, int axis) implements Table {

    public DynamicUpdate {
        Checks.isInteger("dynamic_update", "start", start);
        Checks.isScalar("dynamic_update", "start", start);
        Checks.axis("dynamic_update", axis, x.type().rank());
        Checks.require(
                update.type().rank() == x.type().rank()
                        && update.type().size(axis) <= x.type().size(axis),
                "dynamic_update",
                "update must fit into %s, got %s",
                x.type(),
                update.type());
        TensorType wanted = x.type()
                .withShape(x.type().shape().with(axis, update.type().shape().dim(axis)));
        Checks.require(
                update.type().equals(wanted), "dynamic_update", "update must be %s, got %s", wanted, update.type());
    }

    @Override
    public TensorType type() {
        return x.type();
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor y = operands.get(0).copy();
        Tensor update = operands.get(1);
        long start = DynamicSlice.start(
                "dynamic_update",
                operands.get(2).get(0),
                update.type().size(axis),
                y.type().size(axis));
        update.forEachIndex((i, index) -> {
            long[] to = index.clone();
            to[axis] += start;
            y.set(y.offset(to), update.get(i));
        });
        return y;
    }
}
