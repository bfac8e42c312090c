package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** Rows added into a table: {@code y = into; y[indices[i…], j…] += updates[i…, j…]}, in the order of i. */
public record ScatterAdd(Value into, Value indices, Value updates) implements Table {

    public ScatterAdd {
        Checks.isInteger("scatter_add", "indices", indices);
        Checks.isNumber("scatter_add", "into", into);
        Checks.require(into.type().rank() > 0, "scatter_add", "into must have rows, got %s", into.type());
        TensorType wanted = into.type().withShape(Gather.rows(into.type(), indices.type()));
        Checks.require(
                updates.type().equals(wanted), "scatter_add", "updates must be %s, got %s", wanted, updates.type());
    }

    @Override
    public TensorType type() {
        return into.type();
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor y = operands.get(0).copy();
        Tensor indices = operands.get(1);
        Tensor updates = operands.get(2);
        int width = y.width();
        for (int i = 0; i < indices.size(); i++) {
            int row = Gather.row(indices.get(i), into, this.indices);
            for (int j = 0; j < width; j++) {
                int to = row * width + j;
                y.set(to, y.get(to) + updates.get(i * width + j));
            }
        }
        return y;
    }
}
