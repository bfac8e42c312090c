package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** {@code z[i] = condition[i] ? x[i] : y[i]}. The element not chosen has no influence, not even NaN. */
public record Select(Value condition, Value x, Value y) implements Elementwise {

    public Select {
        Checks.element("select", "condition", condition, ElementType.BOOL);
        Checks.sameType("select", x, y);
        Checks.sameShape("select", "condition", condition, "x", x);
    }

    @Override
    public TensorType type() {
        return x.type();
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor z = Tensor.zeros(type());
        for (int i = 0; i < z.size(); i++) {
            z.set(i, operands.get(operands.get(0).get(i) != 0 ? 1 : 2).get(i));
        }
        return z;
    }
}
