package dev.weft.models.tensorfile;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Types from sizes that a file claims. */
final class Sizes {

    /** More axes than any program has; a file with more is broken. */
    private static final int MOST_AXES = 64;

    private Sizes() {}

    /** The type, if its bytes can be counted at all; {@code subject} opens the error. */
    static TensorType type(String subject, ElementType element, List<Long> sizes) {
        if (sizes.size() > MOST_AXES) {
            throw new UserException(subject + ": must have at most " + MOST_AXES + " axes, got " + sizes.size());
        }
        long count = 1;
        for (long size : sizes) {
            if (size < 0) {
                throw new UserException(subject + ": sizes must not be negative, got " + sizes);
            }
            // A zero does not excuse sizes that overflow before it: counting must not depend on the order of axes.
            count = multiply(subject, sizes, count, Math.max(size, 1));
        }
        multiply(subject, sizes, count, element.bytes());
        return TensorType.of(element, sizes.stream().mapToLong(Long::longValue).toArray());
    }

    private static long multiply(String subject, List<Long> sizes, long count, long size) {
        try {
            return Math.multiplyExact(count, size);
        } catch (ArithmeticException e) {
            throw new UserException(subject + ": sizes " + sizes + " take more bytes than can be counted", e);
        }
    }

    /** A bool is the byte 0 or 1; kernels rely on it. */
    static void requireBools(String subject, TensorType type, MemorySegment data) {
        if (type.element() != ElementType.BOOL) {
            return;
        }
        for (long i = 0; i < data.byteSize(); i++) {
            byte value = data.get(ValueLayout.JAVA_BYTE, i);
            if (value != 0 && value != 1) {
                throw new UserException(
                        subject + ": a bool must be the byte 0 or 1, got " + (value & 0xff) + " at element " + i);
            }
        }
    }
}
