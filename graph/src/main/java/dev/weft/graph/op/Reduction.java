package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** An op that combines the elements along some axes into one; the axes disappear. */
public sealed interface Reduction extends Primitive permits Reduction.Fold, ArgMax {

    /** A reduction by an associative function with a neutral element, which is also the result over no element. */
    sealed interface Fold extends Reduction permits ReduceSum, ReduceMax, ReduceMin {

        Value x();

        List<Integer> axes();

        double neutral();

        double combine(double x, double y);

        /** As the components say, without asking reflection. */
        @Override
        default List<Value> operands() {
            return List.of(x());
        }

        @Override
        default TensorType type() {
            return x().type().withShape(x().type().shape().without(axes()));
        }

        @Override
        default Tensor evaluate(List<Tensor> operands) {
            Tensor x = operands.getFirst();
            Tensor y = Tensor.zeros(type());
            y.fill(neutral());
            x.forEachIndex((i, index) -> {
                int to = y.offset(kept(index));
                y.set(to, combine(y.get(to), x.get(i)));
            });
            return y;
        }

        private long[] kept(long[] index) {
            long[] kept = new long[index.length - axes().size()];
            int next = 0;
            for (int axis = 0; axis < index.length; axis++) {
                if (!axes().contains(axis)) {
                    kept[next++] = index[axis];
                }
            }
            return kept;
        }
    }
}
