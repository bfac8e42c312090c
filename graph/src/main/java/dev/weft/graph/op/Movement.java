package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An op that moves elements and computes none: each element of the result is one of x, or a fill. */
public sealed interface Movement extends Primitive permits Movement.Layout, Concat {

    /** Movement of one operand: {@code y[i] = x[source(i)]}. */
    sealed interface Layout extends Movement permits Reshape, Permute, Broadcast, Slice, Pad, Reverse {

        Value x();

        /** The index into x that the result's element at {@code index} comes from; null where it is the fill. */
        long @Nullable [] source(long[] index);

        /** What stands where {@link #source} is null. */
        default double fillValue() {
            return 0;
        }

        /** As the components say, without asking reflection. */
        @Override
        default List<Value> operands() {
            return List.of(x());
        }

        @Override
        default Tensor evaluate(List<Tensor> operands) {
            Tensor x = operands.getFirst();
            Tensor y = Tensor.zeros(type());
            y.forEachIndex((i, index) -> {
                long @Nullable [] from = source(index);
                y.set(i, from == null ? fillValue() : x.get(x.offset(from)));
            });
            return y;
        }
    }
}
