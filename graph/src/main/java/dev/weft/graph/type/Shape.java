package dev.weft.graph.type;

import dev.weft.graph.UserException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The static sizes of a tensor, outermost first. Row-major everywhere; a scalar has none. */
public record Shape(List<Dim> dims) {

    public static final Shape SCALAR = new Shape(List.of());

    public Shape {
        dims = List.copyOf(dims);
    }

    public static Shape of(long... sizes) {
        return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
    }

    public int rank() {
        return dims.size();
    }

    public Dim dim(int axis) {
        return dims.get(axis);
    }

    public long size(int axis) {
        return dims.get(axis).size();
    }

    public long[] sizes() {
        return dims.stream().mapToLong(Dim::size).toArray();
    }

    /**
     * Number of elements: the product of all sizes, 1 for a scalar.
     *
     * @throws UserException if it does not fit into 64 bits
     */
    public long elements() {
        for (Dim dim : dims) {
            if (dim.size() == 0) {
                return 0;
            }
        }
        long product = 1;
        for (Dim dim : dims) {
            if (product > Long.MAX_VALUE / dim.size()) {
                throw new UserException(
                        "tensor of sizes %s: must have fewer than 2^63 elements; choose smaller sizes".formatted(this));
            }
            product *= dim.size();
        }
        return product;
    }

    /** Row-major strides in elements. */
    public long[] strides() {
        long[] strides = new long[rank()];
        long stride = 1;
        for (int axis = rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= size(axis);
        }
        return strides;
    }

    /** This shape without the given axes. */
    public Shape without(List<Integer> axes) {
        List<Dim> kept = new ArrayList<>();
        for (int axis = 0; axis < rank(); axis++) {
            if (!axes.contains(axis)) {
                kept.add(dims.get(axis));
            }
        }
        return new Shape(kept);
    }

    /** This shape with one size replaced. */
    public Shape with(int axis, Dim dim) {
        List<Dim> changed = new ArrayList<>(dims);
        changed.set(axis, dim);
        return new Shape(changed);
    }

    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(",", "[", "]"));
    }
}
