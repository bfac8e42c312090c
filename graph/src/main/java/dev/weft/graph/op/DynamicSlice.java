package dev.weft.graph.op;

import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** {@code size} consecutive elements of an axis from a start that is data: {@code y[…, i, …] = x[…, start + i, …]}. */
public record DynamicSlice(Value x, Value start, int axis, long size) implements Table {

    public DynamicSlice {
        Checks.isInteger("dynamic_slice", "start", start);
        Checks.isScalar("dynamic_slice", "start", start);
        Checks.axis("dynamic_slice", axis, x.type().rank());
        Checks.require(
                0 <= size && size <= x.type().size(axis),
                "dynamic_slice",
                "size must be in 0..%s, got %s",
                x.type().size(axis),
                size);
    }

    @Override
    public TensorType type() {
        Dim whole = x.type().shape().dim(axis);
        return x.type().withShape(x.type().shape().with(axis, size == whole.size() ? whole : Dim.of(size)));
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor x = operands.get(0);
        long start =
                start("dynamic_slice", operands.get(1).get(0), size, x.type().size(axis));
        Tensor y = Tensor.zeros(type());
        y.forEachIndex((i, index) -> {
            long[] from = index.clone();
            from[axis] += start;
            y.set(i, x.get(x.offset(from)));
        });
        return y;
    }

    static long start(String name, double start, long size, long whole) {
        if (start < 0 || start + size > whole) {
            throw new UserException("%s: start must be in 0..%d so that %d elements fit into %d, got %d"
                    .formatted(name, whole - size, size, whole, (long) start));
        }
        return (long) start;
    }
}
