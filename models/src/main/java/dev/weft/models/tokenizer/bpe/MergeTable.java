package dev.weft.models.tokenizer.bpe;

import java.util.Arrays;

/** Merges by the pair that they join: rank (0 is the most urgent) and result. Open addressing, half empty at least. */
final class MergeTable {

    static final int NONE = Integer.MAX_VALUE;

    private static final long EMPTY = -1;

    private long[] pairs;
    private int[] ranks;
    private int[] results;
    private int count;

    /** @param expected merges, about */
    MergeTable(int expected) {
        int slots = Integer.highestOneBit(Math.max(16, expected) * 2 - 1) << 1;
        pairs = emptyPairs(slots);
        ranks = new int[slots];
        results = new int[Math.max(16, expected)];
    }

    private static long[] emptyPairs(int slots) {
        long[] pairs = new long[slots];
        Arrays.fill(pairs, EMPTY);
        return pairs;
    }

    static long pair(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }

    private static int slot(long pair, int slots) {
        long mixed = pair * 0x9e3779b97f4a7c15L;
        return (int) (mixed ^ mixed >>> Integer.SIZE) & slots - 1;
    }

    /** Adds a merge behind all others; of a pair that is there already, the first one counts. */
    void add(int left, int right, int id) {
        if (2 * (count + 1) > pairs.length) {
            grow();
        }
        if (count == results.length) {
            results = Arrays.copyOf(results, 2 * count);
        }
        results[count] = id;
        put(pair(left, right), count);
        count++;
    }

    private void put(long pair, int rank) {
        int slot = slot(pair, pairs.length);
        while (pairs[slot] != EMPTY) {
            if (pairs[slot] == pair) {
                return;
            }
            slot = slot + 1 & pairs.length - 1;
        }
        pairs[slot] = pair;
        ranks[slot] = rank;
    }

    private void grow() {
        long[] before = pairs;
        int[] ranksBefore = ranks;
        pairs = emptyPairs(2 * before.length);
        ranks = new int[pairs.length];
        for (int i = 0; i < before.length; i++) {
            if (before[i] != EMPTY) {
                put(before[i], ranksBefore[i]);
            }
        }
    }

    /** {@link #NONE} if these are not joined. */
    int rank(int left, int right) {
        long pair = pair(left, right);
        long[] table = pairs;
        int slot = slot(pair, table.length);
        while (true) {
            long there = table[slot];
            if (there == pair) {
                return ranks[slot];
            }
            if (there == EMPTY) {
                return NONE;
            }
            slot = slot + 1 & table.length - 1;
        }
    }

    int result(int rank) {
        return results[rank];
    }
}
