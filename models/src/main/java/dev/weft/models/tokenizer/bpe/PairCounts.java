package dev.weft.models.tokenizer.bpe;

import java.util.Arrays;

/**
 * Pairs of neighbours: how often each occurs, and where. Pairs are numbered in the order in which they appear. The one that occurs
 * most often is found by a heap; an entry whose count has become smaller meanwhile goes back with the count that it has.
 */
final class PairCounts {

    private static final int EMPTY = -1;

    private long[] pairs = new long[1 << 12];
    private long[] counts = new long[1 << 12];
    private int[][] places = new int[1 << 12][];
    private int[] placeCounts = new int[1 << 12];
    private int size;
    private int[] slots = emptySlots(1 << 13);

    private int[] heap = new int[1 << 12];
    /** What a pair's count was when it entered the heap. */
    private long[] entered = new long[1 << 12];

    private int heapSize;

    private static int[] emptySlots(int count) {
        int[] slots = new int[count];
        Arrays.fill(slots, EMPTY);
        return slots;
    }

    private static int hash(long pair) {
        long mixed = pair * 0x9e3779b97f4a7c15L;
        return (int) (mixed ^ mixed >>> Integer.SIZE);
    }

    int size() {
        return size;
    }

    int left(int pair) {
        return (int) (pairs[pair] >>> Integer.SIZE);
    }

    int right(int pair) {
        return (int) pairs[pair];
    }

    long count(int pair) {
        return counts[pair];
    }

    /** Left members of all its occurrences, ascending, some of which are no more; the first {@link #placeCount} count. */
    int[] places(int pair) {
        return places[pair];
    }

    int placeCount(int pair) {
        return placeCounts[pair];
    }

    /** One more occurrence, in a word that occurs {@code count} times. */
    void add(int left, int right, int place, long count) {
        int pair = find(left, right);
        counts[pair] += count;
        int n = placeCounts[pair]++;
        if (n == places[pair].length) {
            places[pair] = Arrays.copyOf(places[pair], 2 * n);
        }
        places[pair][n] = place;
    }

    /** One occurrence less. */
    void remove(int left, int right, long count) {
        counts[find(left, right)] -= count;
    }

    /** It has been joined everywhere, and never comes again. */
    void forget(int pair) {
        counts[pair] = 0;
        places[pair] = new int[1];
        placeCounts[pair] = 0;
    }

    private int find(int left, int right) {
        long key = MergeTable.pair(left, right);
        int slot = hash(key) & slots.length - 1;
        while (slots[slot] != EMPTY) {
            if (pairs[slots[slot]] == key) {
                return slots[slot];
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (size == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
            places = Arrays.copyOf(places, 2 * size);
            placeCounts = Arrays.copyOf(placeCounts, 2 * size);
            entered = Arrays.copyOf(entered, 2 * size);
        }
        int pair = size++;
        pairs[pair] = key;
        places[pair] = new int[2];
        slots[slot] = pair;
        if (2 * size > slots.length) {
            rehash();
        }
        return pair;
    }

    private void rehash() {
        slots = emptySlots(2 * slots.length);
        for (int pair = 0; pair < size; pair++) {
            int slot = hash(pairs[pair]) & slots.length - 1;
            while (slots[slot] != EMPTY) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = pair;
        }
    }

    /** Puts a pair into the heap. */
    void enter(int pair) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        entered[pair] = counts[pair];
        int at = heapSize++;
        while (at > 0 && isBefore(pair, heap[at - 1 >> 1])) {
            heap[at] = heap[at - 1 >> 1];
            at = at - 1 >> 1;
        }
        heap[at] = pair;
    }

    /**
     * Takes the pair that occurs most often; of several, that with the smallest left id, then with the smallest right one.
     *
     * @param least how often it must occur
     * @return -1 if there is none
     */
    int takeMost(long least) {
        while (heapSize > 0) {
            int top = poll();
            if (counts[top] == entered[top] && counts[top] >= least) {
                return top;
            }
            if (counts[top] >= least) {
                enter(top);
            }
        }
        return -1;
    }

    private boolean isBefore(int one, int other) {
        if (entered[one] != entered[other]) {
            return entered[one] > entered[other];
        }
        return pairs[one] < pairs[other];
    }

    private int poll() {
        int top = heap[0];
        int last = heap[--heapSize];
        int at = 0;
        while (2 * at + 1 < heapSize) {
            int child = 2 * at + 1;
            if (child + 1 < heapSize && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], last)) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return top;
    }
}
