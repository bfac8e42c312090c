package dev.weft.models.names;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Moving whole elements: transposing, joining, splitting; and widening floats. Results live in the arena they are given. */
final class Rearrange {

    private Rearrange() {}

    /** Elements of a side of the square that is turned at once: a line of each of its rows stays in the cache. */
    private static final long SQUARE = 64;

    /** {@code (m, n) -> (n, m)}. */
    static Tensor transpose(Tensor tensor, Arena arena) {
        long rows = tensor.type().size(0);
        long columns = tensor.type().size(1);
        MemorySegment from = tensor.data();
        MemorySegment to = allocate(tensor.type(), arena);
        Move move =
                switch (tensor.type().element().bytes()) {
                    case 1 -> (source, target) -> to.set(JAVA_BYTE, target, from.get(JAVA_BYTE, source));
                    case 2 ->
                        (source, target) -> to.set(JAVA_SHORT, 2 * target, from.get(JAVA_SHORT_UNALIGNED, 2 * source));
                    case 4 ->
                        (source, target) -> to.set(JAVA_INT, 4 * target, from.get(JAVA_INT_UNALIGNED, 4 * source));
                    default ->
                        (source, target) -> to.set(JAVA_LONG, 8 * target, from.get(JAVA_LONG_UNALIGNED, 8 * source));
                };
        for (long top = 0; top < rows; top += SQUARE) {
            for (long left = 0; left < columns; left += SQUARE) {
                for (long column = left; column < Math.min(left + SQUARE, columns); column++) {
                    for (long row = top; row < Math.min(top + SQUARE, rows); row++) {
                        move.element(row * columns + column, column * rows + row);
                    }
                }
            }
        }
        return new Tensor(TensorType.of(tensor.type().element(), columns, rows), to);
    }

    /** Copies one element; both places are counted in elements. */
    private interface Move {
        void element(long source, long target);
    }

    /** Tensors that agree in all but {@code axis}, one after the other along it. */
    static Tensor join(List<Tensor> parts, int axis, Arena arena) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        TensorType first = parts.getFirst().type();
        long size = parts.stream().mapToLong(part -> part.type().size(axis)).sum();
        TensorType type = withSize(first, axis, size);
        MemorySegment to = allocate(type, arena);
        long stride = stride(type, axis);
        long at = 0;
        for (Tensor part : parts) {
            long run = stride(part.type(), axis);
            for (long block = 0; block < blocks(type, axis); block++) {
                MemorySegment.copy(part.data(), block * run, to, block * stride + at, run);
            }
            at += run;
        }
        return new Tensor(type, to);
    }

    /** The inverse of {@link #join}. */
    static List<Tensor> split(Tensor whole, int axis, List<Long> sizes, Arena arena) {
        if (sizes.size() == 1) {
            return List.of(whole);
        }
        long stride = stride(whole.type(), axis);
        List<Tensor> parts = new ArrayList<>();
        long at = 0;
        for (long size : sizes) {
            TensorType type = withSize(whole.type(), axis, size);
            MemorySegment to = allocate(type, arena);
            long run = stride(type, axis);
            for (long block = 0; block < blocks(type, axis); block++) {
                MemorySegment.copy(whole.data(), block * stride + at, to, block * run, run);
            }
            at += run;
            parts.add(new Tensor(type, to));
        }
        return List.copyOf(parts);
    }

    /** An f16 or bf16 tensor as f32, which holds each of their values exactly. */
    static Tensor widen(Tensor tensor, Arena arena) {
        TensorType type = tensor.type().withElement(ElementType.F32);
        MemorySegment to = allocate(type, arena);
        boolean half = tensor.type().element() == ElementType.F16;
        for (long i = 0; i < type.shape().elements(); i++) {
            short bits = tensor.data().get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * i);
            float value = half ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
            to.set(ValueLayout.JAVA_FLOAT, 4 * i, value);
        }
        return new Tensor(type, to);
    }

    static TensorType withSize(TensorType type, int axis, long size) {
        return type.withShape(type.shape().with(axis, Dim.of(size)));
    }

    /** Bytes of one step along the axis before {@code axis}. */
    private static long stride(TensorType type, int axis) {
        long elements = 1;
        for (int i = axis; i < type.rank(); i++) {
            elements *= type.size(i);
        }
        return elements * type.element().bytes();
    }

    private static long blocks(TensorType type, int axis) {
        long blocks = 1;
        for (int i = 0; i < axis; i++) {
            blocks *= type.size(i);
        }
        return blocks;
    }

    private static MemorySegment allocate(TensorType type, Arena arena) {
        return arena.allocate(type.bytes(), Long.BYTES);
    }
}
