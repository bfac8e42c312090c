package dev.weft.graph.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;

/** Tensors as row-major elements in memory, in the machine's byte order: what sessions of backends read and write. */
public final class TensorBytes {

    private TensorBytes() {}

    /** The tensor in a segment of exactly its size. */
    public static Tensor read(TensorType type, MemorySegment from) {
        check(type, from);
        Tensor tensor = Tensor.zeros(type);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.set(i, get(type.element(), from, i));
        }
        return tensor;
    }

    /** Writes the elements, each rounded to its type, into a segment of exactly the tensor's size. */
    public static void write(Tensor tensor, MemorySegment to) {
        check(tensor.type(), to);
        for (int i = 0; i < tensor.size(); i++) {
            set(tensor.type().element(), to, i, tensor.get(i));
        }
    }

    /** The elements, each rounded to its type, in an array of their own. */
    public static MemorySegment of(Tensor tensor) {
        MemorySegment segment =
                MemorySegment.ofArray(new byte[Math.toIntExact(tensor.type().bytes())]);
        write(tensor, segment);
        return segment;
    }

    private static void check(TensorType type, MemorySegment segment) {
        if (segment.byteSize() != type.bytes()) {
            throw new UserException("%s: must have %d bytes, got %d".formatted(type, type.bytes(), segment.byteSize()));
        }
    }

    private static double get(ElementType element, MemorySegment from, long i) {
        return switch (element) {
            case F64 -> from.getAtIndex(JAVA_DOUBLE_UNALIGNED, i);
            case F32 -> from.getAtIndex(JAVA_FLOAT_UNALIGNED, i);
            case F16 -> Float.float16ToFloat(from.getAtIndex(JAVA_SHORT_UNALIGNED, i));
            case BF16 -> Float.intBitsToFloat(from.getAtIndex(JAVA_SHORT_UNALIGNED, i) << 16);
            case I64 -> from.getAtIndex(JAVA_LONG_UNALIGNED, i);
            case I32 -> from.getAtIndex(JAVA_INT_UNALIGNED, i);
            case I8 -> from.get(JAVA_BYTE, i);
            case U8 -> from.get(JAVA_BYTE, i) & 0xff;
            case BOOL -> from.get(JAVA_BYTE, i) != 0 ? 1 : 0;
        };
    }

    private static void set(ElementType element, MemorySegment to, long i, double value) {
        switch (element) {
            case F64 -> to.setAtIndex(JAVA_DOUBLE_UNALIGNED, i, value);
            case F32 -> to.setAtIndex(JAVA_FLOAT_UNALIGNED, i, (float) value);
            case F16 -> to.setAtIndex(JAVA_SHORT_UNALIGNED, i, Float.floatToFloat16((float) value));
            case BF16 ->
                to.setAtIndex(JAVA_SHORT_UNALIGNED, i, (short)
                        (Float.floatToRawIntBits((float) ElementType.BF16.round(value)) >>> 16));
            case I64 -> to.setAtIndex(JAVA_LONG_UNALIGNED, i, (long) value);
            case I32 -> to.setAtIndex(JAVA_INT_UNALIGNED, i, (int) (long) value);
            case I8, U8 -> to.set(JAVA_BYTE, i, (byte) (long) value);
            case BOOL -> to.set(JAVA_BYTE, i, (byte) (value != 0 ? 1 : 0));
        }
    }
}
