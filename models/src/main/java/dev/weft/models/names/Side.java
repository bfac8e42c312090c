package dev.weft.models.names;

import java.util.List;

/**
 * One side of a {@code tensor} line: tensors joined along an axis (one tensor is itself), then maybe transposed.
 *
 * @param axis the axis of the join, counted from 0
 */
record Side(List<NamePattern> names, int axis, boolean transposed) {

    Side {
        names = List.copyOf(names);
    }

    List<String> fill(List<String> parts) {
        return names.stream().map(name -> name.fill(parts)).toList();
    }
}
