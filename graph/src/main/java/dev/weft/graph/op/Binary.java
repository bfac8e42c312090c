package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** {@code z[i] = f(x[i], y[i])}; both operands have one type. */
public sealed interface Binary extends Elementwise permits Arithmetic, Pow, Comparison, Logic {

    Value x();

    Value y();

    double apply(double x, double y);

    /** Whether {@code f(x, y) = f(y, x)}, to the bit. */
    default boolean commutes() {
        return switch (this) {
            case Add _, Mul _, Max _, Min _, Eq _, Ne _, Logic _ -> true;
            case Binary _ -> false;
        };
    }

    /** As the components say, without asking reflection: nearly all ops are of this kind. */
    @Override
    default List<Value> operands() {
        return List.of(x(), y());
    }

    @Override
    default TensorType type() {
        return x().type();
    }

    @Override
    default Tensor evaluate(List<Tensor> operands) {
        Tensor x = operands.get(0);
        Tensor y = operands.get(1);
        Tensor z = Tensor.zeros(type());
        for (int i = 0; i < z.size(); i++) {
            z.set(i, apply(x.get(i), y.get(i)));
        }
        return z;
    }
}
