package dev.weft.graph.pass.weights;

/**
 * Numbers in i8: {@code w ≈ q · scale}, one scale for each group of {@link #SIZE} neighbours, the last of which may be shorter. The scale
 * is a 127th of the largest magnitude of the group, so that this is exact and zero is zero; {@code q} is {@code w / scale} rounded to the
 * nearest integer, halves to even, and lies in −127..127: −128 never occurs. A group of zeros has scale 0, as has one whose 127th is no
 * f32.
 */
public final class Quantization {

    /** Neighbours along the axis that products sum over: a cache line of i8. */
    public static final int SIZE = 64;

    private static final int MOST = 127;

    private Quantization() {}

    /** Quantization of a row of so many elements. */
    public static int count(long length) {
        return Math.toIntExact(Math.ceilDiv(length, SIZE));
    }

    /**
     * Rounds a row.
     *
     * @param row finite numbers
     * @param q receives as many numbers
     * @param scales receives {@link #count} scales
     */
    public static void quantize(float[] row, byte[] q, float[] scales) {
        for (int group = 0; group < scales.length; group++) {
            int from = group * SIZE;
            int to = Math.min(row.length, from + SIZE);
            float scale = scale(row, from, to);
            scales[group] = scale;
            for (int i = from; i < to; i++) {
                q[i] = scale == 0 ? 0 : (byte) Math.clamp((long) Math.rint((double) row[i] / scale), -MOST, MOST);
            }
        }
    }

    private static float scale(float[] row, int from, int to) {
        float most = 0;
        for (int i = from; i < to; i++) {
            most = Math.max(most, Math.abs(row[i]));
        }
        float scale = most / MOST;
        // What is read again must not become infinite by rounding.
        return Float.isInfinite(scale * MOST) ? Math.nextDown(scale) : scale;
    }

    /** The first element that is NaN or infinite and so has no place in a group; −1 if all are finite. */
    public static int firstNonFinite(float[] row) {
        for (int i = 0; i < row.length; i++) {
            if (!Float.isFinite(row[i])) {
                return i;
            }
        }
        return -1;
    }

    /** The numbers that {@code q} and {@code scales} stand for, as products read them. */
    public static void restore(byte[] q, float[] scales, float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = q[i] * scales[i / SIZE];
        }
    }
}
