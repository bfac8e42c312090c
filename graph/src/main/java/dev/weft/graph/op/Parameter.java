package dev.weft.graph.op;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** The graph's parameter number {@code index}. Its value is given with the call. */
public record Parameter(int index, String name, TensorType type) implements Primitive {

    /** For sentences about what a value holds: {@code "index from tokens, "} if it is a parameter's elements, else nothing. */
    public static String behind(Value indices) {
        Value from = indices;
        while (from.operands().size() == 1 && (from.op() instanceof Movement || from.op() instanceof Cast)) {
            from = from.operands().getFirst();
        }
        return from.op() instanceof Parameter(int _, String name, TensorType _) ? "index from " + name + ", " : "";
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        throw new DefectException("parameter %d (%s): has no value of its own".formatted(index, name));
    }
}
