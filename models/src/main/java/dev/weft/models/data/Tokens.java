package dev.weft.models.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Token ids one after the other, in memory or in a mapped file, and how much each counts as a target. */
public final class Tokens {

    private static final ValueLayout.OfInt ID = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfFloat WEIGHT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final MemorySegment ids;
    private final @Nullable MemorySegment weights;

    /**
     * @param ids     i32
     * @param weights f32, as many; null if all are 1
     */
    Tokens(MemorySegment ids, @Nullable MemorySegment weights) {
        this.ids = ids;
        this.weights = weights;
    }

    /** Tokens that all count 1. */
    public static Tokens of(int... ids) {
        return new Tokens(MemorySegment.ofArray(ids), null);
    }

    public long count() {
        return ids.byteSize() / Integer.BYTES;
    }

    public int id(long index) {
        return ids.getAtIndex(ID, index);
    }

    /** How much it counts that {@link #id} is predicted. */
    public float weight(long index) {
        return weights == null ? 1 : weights.getAtIndex(WEIGHT, index);
    }

    /** A copy of all ids, where an array can hold them. */
    public int[] toArray() {
        return ids.toArray(ID);
    }

    Tokens slice(long from, long count) {
        return new Tokens(part(ids, from, count), weights == null ? null : part(weights, from, count));
    }

    private static MemorySegment part(MemorySegment all, long from, long count) {
        return all.asSlice(from * Integer.BYTES, count * Integer.BYTES);
    }

    void copyIds(long from, int[] to, int at, int count) {
        MemorySegment.copy(ids, ID, from * Integer.BYTES, to, at, count);
    }

    void copyWeights(long from, float[] to, int at, int count) {
        if (weights == null) {
            Arrays.fill(to, at, at + count, 1f);
        } else {
            MemorySegment.copy(weights, WEIGHT, from * Float.BYTES, to, at, count);
        }
    }
}
