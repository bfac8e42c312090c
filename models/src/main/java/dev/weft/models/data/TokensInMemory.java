package dev.weft.models.data;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers tokens in arrays. */
final class TokensInMemory implements TokenSink {

    private int[] ids = new int[1024];
    private float @Nullable [] weights;
    private int count;
    private int training = -1;

    @Override
    public void accept(int[] more, float @Nullable [] theirs) {
        int needed = Math.addExact(count, more.length);
        if (needed > ids.length) {
            ids = Arrays.copyOf(ids, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(2L * ids.length, needed)));
        }
        System.arraycopy(more, 0, ids, count, more.length);
        if (theirs != null && weights == null) {
            weights = new float[ids.length];
            Arrays.fill(weights, 0, count, 1f);
        }
        if (weights != null) {
            weights = weights.length < ids.length ? Arrays.copyOf(weights, ids.length) : weights;
            if (theirs == null) {
                Arrays.fill(weights, count, needed, 1f);
            } else {
                System.arraycopy(theirs, 0, weights, count, more.length);
            }
        }
        count = needed;
    }

    @Override
    public void validation() {
        training = count;
    }

    /** Tokens before {@link #validation}; negative if that was not said. */
    long training() {
        return training;
    }

    Tokens tokens() {
        MemorySegment all = MemorySegment.ofArray(Arrays.copyOf(ids, count));
        return new Tokens(all, weights == null ? null : MemorySegment.ofArray(Arrays.copyOf(weights, count)));
    }
}
