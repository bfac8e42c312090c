package dev.weft.graph.schedule;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The loops of a region: outer axes around row axes, all row-major. A value of the full size has one element per point; point
 * (o, r) is its element {@code o · rowElements + r}, whatever shape it has. A row value has one element per outer point.
 *
 * @param outer sizes of the outer axes
 * @param row sizes of the row axes; empty where the region has no rows
 */
public record IterationSpace(List<Long> outer, List<Long> row) {

    public IterationSpace {
        outer = List.copyOf(outer);
        row = List.copyOf(row);
    }

    public long outerElements() {
        return product(outer);
    }

    public long rowElements() {
        return product(row);
    }

    public long elements() {
        return outerElements() * rowElements();
    }

    private static long product(List<Long> sizes) {
        long product = 1;
        for (long size : sizes) {
            product = Math.multiplyExact(product, size);
        }
        return product;
    }

    /** {@code (4,64|768)}. */
    @Override
    public String toString() {
        return "(" + join(outer) + "|" + join(row) + ")";
    }

    private static String join(List<Long> sizes) {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
