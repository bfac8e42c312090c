package dev.weft.models.tensorfile;

import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Elements and their type. Compares by identity of the data, as segments do.
 *
 * @param type element type and sizes
 * @param data row-major, little-endian; exactly {@code type.bytes()} bytes
 */
public record Tensor(TensorType type, MemorySegment data) {

    public Tensor {
        if (data.byteSize() != type.bytes()) {
            throw new IllegalArgumentException(
                    "tensor: " + type + " takes " + type.bytes() + " bytes, got " + data.byteSize());
        }
    }

    /** An f32 tensor over {@code values}, not a copy of them. */
    public static Tensor of(float[] values, long... sizes) {
        return new Tensor(TensorType.of(ElementType.F32, sizes), MemorySegment.ofArray(values));
    }

    /** An i32 tensor over {@code values}, not a copy of them. */
    public static Tensor of(int[] values, long... sizes) {
        return new Tensor(TensorType.of(ElementType.I32, sizes), MemorySegment.ofArray(values));
    }

    /** The elements of an f32 tensor. */
    public float[] toFloats() {
        if (type.element() != ElementType.F32) {
            throw new IllegalArgumentException("tensor: only f32 has its elements as floats, got " + type);
        }
        return data.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    /** Tells the system that pages of a mapped file are not needed for now; they are read again when somebody does. */
    public static void forget(MemorySegment data) {
        if (data.isMapped() && data.byteSize() > 0) {
            data.unload();
        }
    }

    /** A slice of a mapped file as a tensor; copied only where it does not lie on the element's alignment. */
    static Tensor mapped(TensorType type, MemorySegment slice, Arena arena) {
        if (slice.address() % type.element().bytes() == 0) {
            return new Tensor(type, slice);
        }
        return new Tensor(
                type, arena.allocate(slice.byteSize(), type.element().bytes()).copyFrom(slice));
    }
}
