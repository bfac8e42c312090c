package dev.weft.bench.torch;

import dev.weft.backend.testkit.Values;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * One op on operands of random shapes, said twice.
 *
 * @param weft the op
 * @param torch the same as an expression of libtorch
 */
record OpCase(List<Operand> operands, Function<List<Value>, Op> weft, Function<List<Tensor>, Tensor> torch) {

    /** An operand's type and what it holds. */
    record Operand(TensorType type, Values values) {}

    OpCase {
        operands = List.copyOf(operands);
    }
}
