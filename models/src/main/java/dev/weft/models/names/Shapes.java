package dev.weft.models.names;

import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Types of rearranged tensors; empty where the rearrangement is not possible. */
final class Shapes {

    private Shapes() {}

    /** {@code equal}: all parts have the same size along the axis too, so that the whole can be split without knowing them. */
    static Optional<TensorType> join(List<TensorType> parts, int axis, boolean equal) {
        TensorType first = parts.getFirst();
        if (parts.size() == 1) {
            return Optional.of(first);
        }
        long size = 0;
        for (TensorType part : parts) {
            boolean fits = axis < part.rank()
                    && part.rank() == first.rank()
                    && Rearrange.withSize(part, axis, 1).equals(Rearrange.withSize(first, axis, 1))
                    && (!equal || part.size(axis) == first.size(axis));
            if (!fits) {
                return Optional.empty();
            }
            size += part.size(axis);
        }
        return Optional.of(Rearrange.withSize(first, axis, size));
    }

    static Optional<TensorType> transpose(TensorType type) {
        return type.rank() == 2
                ? Optional.of(TensorType.of(type.element(), type.size(1), type.size(0)))
                : Optional.empty();
    }

    /** The size along {@code axis}; a scalar, which is never joined, has none. */
    static long size(TensorType type, int axis) {
        return axis < type.rank() ? type.size(axis) : 1;
    }
}
