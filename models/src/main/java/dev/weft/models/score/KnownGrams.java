package dev.weft.models.score;

import dev.weft.models.data.Tokens;
import dev.weft.models.random.CounterRandom;
import java.util.Arrays;

/**
 * Which runs of {@code length} tokens occur in a text, and in which of its windows. A run belongs to the window of its last token. Runs are
 * told apart by 40 bits of a hash: among ten million, one in 100,000 is taken for another.
 */
final class KnownGrams {

    /** Bits of a key that number the window. */
    private static final int WINDOW_BITS = 22;

    private static final long WINDOW = (1L << WINDOW_BITS) - 1;

    private static final CounterRandom HASH = new CounterRandom(0);

    private final int length;
    /** A hash of each run above the number of its window, ascending. */
    private final long[] keys;

    private KnownGrams(int length, long[] keys) {
        this.length = length;
        this.keys = keys;
    }

    /**
     * @param window tokens of a window
     * @param length tokens of a run
     */
    static KnownGrams of(Tokens tokens, int window, int length) {
        int[] ids = tokens.toArray();
        long[] keys = new long[Math.max(0, ids.length - length + 1)];
        for (int i = 0; i < keys.length; i++) {
            int last = i + length - 1;
            keys[i] = key(ids, last, length) | Math.min(WINDOW, last / window);
        }
        Arrays.parallelSort(keys);
        return new KnownGrams(length, keys);
    }

    /** Tokens of a run. */
    int length() {
        return length;
    }

    /** Whether the run that ends with {@code ids[last]} occurs in the text outside of a window. */
    boolean isKnownElsewhere(int[] ids, int last, int window) {
        long key = key(ids, last, length);
        int first = firstFrom(key);
        int end = firstFrom((key | WINDOW) + 1);
        return first < end && ((keys[first] & WINDOW) != window || (keys[end - 1] & WINDOW) != window);
    }

    private int firstFrom(long key) {
        int at = Arrays.binarySearch(keys, key);
        while (at > 0 && keys[at - 1] == key) {
            at--;
        }
        return at < 0 ? -at - 1 : at;
    }

    /** A hash of the ids; positive, its lower bits zero. */
    private static long key(int[] ids, int last, int length) {
        long[] run = new long[length];
        for (int i = 0; i < length; i++) {
            run[i] = ids[last - i];
        }
        return HASH.bits(run) >>> 2 & ~WINDOW;
    }
}
