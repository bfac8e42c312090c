package dev.weft.graph.op;

import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Rows of a table: {@code y[i…, j…] = table[indices[i…], j…]}. */
public record Gather(Value table, Value indices) implements Table {

    public Gather {
        Checks.isInteger("gather", "indices", indices);
        Checks.require(table.type().rank() > 0, "gather", "table must have rows, got %s", table.type());
    }

    @Override
    public TensorType type() {
        return table.type().withShape(rows(table.type(), indices.type()));
    }

    /** Shape of one row of {@code table} for each element of {@code indices}. */
    static Shape rows(TensorType table, TensorType indices) {
        List<Dim> dims = new ArrayList<>(indices.shape().dims());
        dims.addAll(table.shape().dims().subList(1, table.rank()));
        return new Shape(dims);
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor table = operands.get(0);
        Tensor indices = operands.get(1);
        Tensor y = Tensor.zeros(type());
        int width = table.width();
        for (int i = 0; i < indices.size(); i++) {
            int row = row(indices.get(i), this.table, this.indices);
            for (int j = 0; j < width; j++) {
                y.set(i * width + j, table.get(row * width + j));
            }
        }
        return y;
    }

    static int row(double index, Value table, Value indices) {
        if (index < 0 || index >= table.type().size(0)) {
            throw new UserException("gather: index must be in 0..%d, got %d (%stable %s)"
                    .formatted(table.type().size(0) - 1, (long) index, Parameter.behind(indices), table.type()));
        }
        return (int) index;
    }
}
