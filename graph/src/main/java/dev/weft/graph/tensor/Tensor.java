package dev.weft.graph.tensor;

import dev.weft.graph.type.TensorType;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of doubles in row-major order, whatever its element type says. Integers are exact up to 2⁵³; bools are 0 and 1. At most
 * 2³¹ − 1 elements.
 */
public final class Tensor {

    /** Visits every element with its position and its index; the index is reused. */
    @FunctionalInterface
    public interface Visitor {
        void visit(int position, long[] index);
    }

    private final TensorType type;
    private final double[] data;

    private Tensor(TensorType type, double[] data) {
        this.type = type;
        this.data = data;
    }

    public static Tensor zeros(TensorType type) {
        return new Tensor(type, new double[Math.toIntExact(type.shape().elements())]);
    }

    /** Takes over {@code data}, which has one double per element. */
    public static Tensor of(TensorType type, double... data) {
        if (data.length != type.shape().elements()) {
            throw new IllegalArgumentException(
                    type + ": must have " + type.shape().elements() + " elements, got " + data.length);
        }
        return new Tensor(type, data);
    }

    public TensorType type() {
        return type;
    }

    public int size() {
        return data.length;
    }

    /** Elements of one row: all axes but the first. */
    public int width() {
        return Math.toIntExact(type.shape().without(List.of(0)).elements());
    }

    public double get(int position) {
        return data[position];
    }

    public void set(int position, double value) {
        data[position] = value;
    }

    /** Stores an integer, wrapped to this tensor's element type before it becomes a double. */
    public void setLong(int position, long value) {
        data[position] = switch (type.element()) {
            case I32 -> (int) value;
            case I8 -> (byte) value;
            case U8 -> value & 0xff;
            case BOOL -> value != 0 ? 1 : 0;
            case I64, F64, F32, F16, BF16 -> value;
        };
    }

    public void fill(double value) {
        Arrays.fill(data, value);
    }

    public Tensor copy() {
        return new Tensor(type, data.clone());
    }

    /** The same elements under another type with as many. */
    public Tensor as(TensorType other) {
        return of(other, data);
    }

    /** Every element rounded to the element type. */
    public Tensor rounded() {
        Tensor rounded = zeros(type);
        for (int i = 0; i < data.length; i++) {
            rounded.data[i] = type.element().round(data[i]);
        }
        return rounded;
    }

    /** Row-major position of an index. */
    public int offset(long[] index) {
        long offset = 0;
        for (int axis = 0; axis < index.length; axis++) {
            offset = offset * type.size(axis) + index[axis];
        }
        return (int) offset;
    }

    public void forEachIndex(Visitor visitor) {
        long[] sizes = type.shape().sizes();
        long[] index = new long[sizes.length];
        for (int position = 0; position < data.length; position++) {
            visitor.visit(position, index);
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) {
                index[axis] = 0;
            }
        }
    }

    public double[] toArray() {
        return data.clone();
    }
}
