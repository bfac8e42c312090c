package dev.weft.models;

import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.Session;
import dev.weft.graph.UserException;
import dev.weft.graph.pass.weights.HeldMatrix;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.type.ElementType;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A param that a session holds in fewer bits: takes it from f32 and gives it back. Reads the f32 piece by piece, and tells the system
 * that pages of a mapped file are no longer needed.
 */
record HeldTensor(HeldMatrix held, Session session) {

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Bytes of f32 that are read before pages are given back. */
    private static final long PIECE_BYTES = 2 << 20;

    private int rows() {
        return Math.toIntExact(held.shape().size(0));
    }

    private int columns() {
        return Math.toIntExact(held.shape().size(1));
    }

    /**
     * Rounds the param's elements into the session's memory, a piece at a time: a head is a third of the weights, and a copy of it would
     * be most of what a process needs besides them.
     *
     * @throws UserException for a number that is not finite, where there are scales; names it; some elements are replaced then
     */
    void fill(MemorySegment param) {
        Buffer matrix = session.stored(held.matrix().name());
        try (Arena arena = Arena.ofConfined()) {
            float[] scales = new float[held.type().hasScales() ? rows() * Quantization.count(columns()) : 0];
            int count = Math.clamp(PIECE_BYTES / Math.max(1, columns() * (long) Float.BYTES), 1, Math.max(1, rows()));
            float[][] piece = new float[Math.min(count, rows())][columns()];
            long rowBytes = (long) columns() * matrix.type().element().bytes();
            MemorySegment numbers = arena.allocate(Math.max(1, piece.length * rowBytes), 64);
            for (int first = 0; first < rows(); first += count) {
                int end = Math.min(rows(), first + count);
                read(param, first, end, piece);
                round(piece, first, end, numbers, scales);
                session.write(numbers.asSlice(0, (end - first) * rowBytes), matrix, (long) first * columns());
            }
            held.scales().ifPresent(stored -> session.write(segment(scales, arena), session.stored(stored.name())));
        }
        Tensor.forget(param);
    }

    private static MemorySegment segment(float[] values, Arena arena) {
        return arena.allocateFrom(F32, values);
    }

    private void round(float[][] piece, int first, int end, MemorySegment numbers, float[] scales) {
        int groups = Quantization.count(columns());
        byte[] q = new byte[columns()];
        float[] own = new float[groups];
        for (int row = first; row < end; row++) {
            float[] values = piece[row - first];
            long start = (long) (row - first) * columns();
            if (held.type() == WeightType.INT8) {
                requireFinite(values, row);
                Quantization.quantize(values, q, own);
                MemorySegment.copy(q, 0, numbers, ValueLayout.JAVA_BYTE, start, q.length);
                System.arraycopy(own, 0, scales, row * groups, groups);
            } else {
                for (int i = 0; i < values.length; i++) {
                    float rounded = (float) ElementType.BF16.round(values[i]);
                    numbers.setAtIndex(I16, start + i, (short) (Float.floatToRawIntBits(rounded) >>> 16));
                }
            }
        }
    }

    /** Rows {@code (n, k)} of the matrix. */
    private void read(MemorySegment param, int first, int end, float[][] piece) {
        int count = end - first;
        if (held.isTransposed()) {
            float[] across = new float[count];
            for (int k = 0; k < columns(); k++) {
                long start = ((long) k * rows() + first) * Float.BYTES;
                MemorySegment.copy(param, F32, start, across, 0, count);
                for (int row = 0; row < count; row++) {
                    piece[row][k] = across[row];
                }
            }
        } else {
            long width = (long) columns() * Float.BYTES;
            for (int row = 0; row < count; row++) {
                MemorySegment.copy(param, F32, (first + row) * width, piece[row], 0, columns());
            }
            Tensor.forget(param.asSlice(first * width, count * width));
        }
    }

    private void requireFinite(float[] values, int row) {
        int at = Quantization.firstNonFinite(values);
        if (at >= 0) {
            throw new UserException(
                    "%s: element (%d, %d) is %s, and int8 holds finite numbers only; weights f32 take it as it is"
                            .formatted(
                                    held.param(),
                                    held.isTransposed() ? at : row,
                                    held.isTransposed() ? row : at,
                                    values[at]));
        }
    }

    /** The param as products read it, in memory that the garbage collector frees. */
    Tensor restore() {
        Tensor restored = Tensor.of(
                new float[Math.multiplyExact(rows(), columns())],
                held.paramType().shape().sizes());
        MemorySegment numbers = read(session.stored(held.matrix().name()));
        MemorySegment scales =
                held.scales().map(stored -> read(session.stored(stored.name()))).orElse(MemorySegment.NULL);
        int groups = Quantization.count(columns());
        for (int row = 0; row < rows(); row++) {
            for (int k = 0; k < columns(); k++) {
                long at = (long) row * columns() + k;
                float value = held.type() == WeightType.INT8
                        ? numbers.get(ValueLayout.JAVA_BYTE, at)
                                * scales.getAtIndex(F32, (long) row * groups + k / Quantization.SIZE)
                        : Float.intBitsToFloat(numbers.getAtIndex(I16, at) << 16);
                restored.data().setAtIndex(F32, held.isTransposed() ? (long) k * rows() + row : at, value);
            }
        }
        return restored;
    }

    private MemorySegment read(Buffer buffer) {
        MemorySegment data = Arena.ofAuto()
                .allocate(Math.max(1, buffer.type().bytes()), 64)
                .asSlice(0, buffer.type().bytes());
        session.read(buffer, data);
        return data;
    }
}
