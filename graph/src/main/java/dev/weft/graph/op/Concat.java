package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.TensorType;
import java.util.List;

/** The parts one after the other along an axis; all other sizes and the element type are equal. */
public record Concat(List<Value> parts, int axis) implements Movement {

    public Concat {
        parts = List.copyOf(parts);
        Checks.require(!parts.isEmpty(), "concat", "must have at least one part");
        TensorType first = parts.getFirst().type();
        Checks.axis("concat", axis, first.rank());
        for (Value part : parts) {
            Checks.require(
                    part.type().rank() == first.rank()
                            && part.type().element() == first.element()
                            && part.type()
                                    .shape()
                                    .with(axis, Dim.of(0))
                                    .equals(first.shape().with(axis, Dim.of(0))),
                    "concat",
                    "parts must be equal but for axis %s, got %s and %s",
                    axis,
                    first,
                    part.type());
        }
    }

    @Override
    public TensorType type() {
        TensorType first = parts.getFirst().type();
        long size = parts.stream().mapToLong(part -> part.type().size(axis)).sum();
        return first.withShape(first.shape()
                .with(axis, size == first.size(axis) ? first.shape().dim(axis) : Dim.of(size)));
    }

    @Override
    public Tensor evaluate(List<Tensor> operands) {
        Tensor y = Tensor.zeros(type());
        long start = 0;
        for (Tensor part : operands) {
            long from = start;
            part.forEachIndex((i, index) -> {
                long[] to = index.clone();
                to[axis] += from;
                y.set(y.offset(to), part.get(i));
            });
            start += part.type().size(axis);
        }
        return y;
    }
}
