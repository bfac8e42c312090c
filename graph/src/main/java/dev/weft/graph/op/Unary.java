package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** {@code y[i] = f(x[i])}. */
public sealed interface Unary extends Elementwise permits FloatUnary, NumberUnary, Not {

    Value x();

    double apply(double x);

    /** As the components say, without asking reflection. */
    @Override
    default List<Value> operands() {
        return List.of(x());
    }

    @Override
    default TensorType type() {
        return x().type();
    }

    @Override
    default Tensor evaluate(List<Tensor> operands) {
        Tensor x = operands.getFirst();
        Tensor y = Tensor.zeros(type());
        for (int i = 0; i < y.size(); i++) {
            y.set(i, apply(x.get(i)));
        }
        return y;
    }
}
