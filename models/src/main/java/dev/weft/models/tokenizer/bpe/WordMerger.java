package dev.weft.models.tokenizer.bpe;

import java.util.Arrays;

/** Joins the pieces of one word: n² for short ones, where it is fastest, and n log n beyond. */
final class WordMerger {

    private static final int SHORT = 96;

    private WordMerger() {}

    /**
     * Applies merges until none is left.
     *
     * @param ids a word's ids, which are overwritten
     * @param count how many there are
     * @return how many are left
     */
    static int merge(MergeTable merges, int[] ids, int count) {
        if (count < 2) {
            return count;
        }
        return count <= SHORT ? mergeShort(merges, ids, count) : mergeLong(merges, ids, count);
    }

    private static int mergeShort(MergeTable merges, int[] ids, int count) {
        int n = count;
        int[] ranks = new int[n];
        for (int i = 0; i + 1 < n; i++) {
            ranks[i] = merges.rank(ids[i], ids[i + 1]);
        }
        while (n > 1) {
            int best = 0;
            for (int i = 1; i < n - 1; i++) {
                if (ranks[i] < ranks[best]) {
                    best = i;
                }
            }
            if (ranks[best] == MergeTable.NONE) {
                return n;
            }
            ids[best] = merges.result(ranks[best]);
            n--;
            System.arraycopy(ids, best + 2, ids, best + 1, n - best - 1);
            System.arraycopy(ranks, best + 1, ranks, best, n - best);
            if (best > 0) {
                ranks[best - 1] = merges.rank(ids[best - 1], ids[best]);
            }
            if (best + 1 < n) {
                ranks[best] = merges.rank(ids[best], ids[best + 1]);
            }
        }
        return n;
    }

    /** Pieces as a linked list over positions, pairs in a queue by rank and then by place. */
    private static int mergeLong(MergeTable merges, int[] ids, int n) {
        int[] next = new int[n];
        int[] previous = new int[n];
        int[] ranks = new int[n];
        LongHeap queue = new LongHeap(n);
        for (int i = 0; i < n; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            ranks[i] = i + 1 < n ? merges.rank(ids[i], ids[i + 1]) : MergeTable.NONE;
            offer(queue, ranks, i);
        }
        while (!queue.isEmpty()) {
            long top = queue.poll();
            int at = (int) top;
            int rank = (int) (top >>> Integer.SIZE);
            if (ranks[at] != rank) {
                continue; // one of the two is no longer what it was
            }
            int right = next[at];
            ids[at] = merges.result(rank);
            ids[right] = -1;
            ranks[right] = MergeTable.NONE;
            int after = next[right];
            next[at] = after;
            ranks[at] = MergeTable.NONE;
            if (after < n) {
                previous[after] = at;
                ranks[at] = merges.rank(ids[at], ids[after]);
                offer(queue, ranks, at);
            }
            int before = previous[at];
            if (before >= 0) {
                ranks[before] = merges.rank(ids[before], ids[at]);
                offer(queue, ranks, before);
            }
        }
        int left = 0;
        for (int at = 0; at < n; at = next[at]) {
            ids[left++] = ids[at];
        }
        return left;
    }

    private static void offer(LongHeap queue, int[] ranks, int at) {
        if (ranks[at] != MergeTable.NONE) {
            queue.add((long) ranks[at] << Integer.SIZE | at);
        }
    }

    /** The smallest first. */
    private static final class LongHeap {

        private long[] heap;
        private int size;

        LongHeap(int expected) {
            heap = new long[Math.max(16, expected)];
        }

        boolean isEmpty() {
            return size == 0;
        }

        void add(long value) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, heap.length + (heap.length >> 1));
            }
            int at = size++;
            while (at > 0 && heap[at - 1 >> 1] > value) {
                heap[at] = heap[at - 1 >> 1];
                at = at - 1 >> 1;
            }
            heap[at] = value;
        }

        long poll() {
            long top = heap[0];
            long last = heap[--size];
            int at = 0;
            while (2 * at + 1 < size) {
                int child = 2 * at + 1;
                if (child + 1 < size && heap[child + 1] < heap[child]) {
                    child++;
                }
                if (heap[child] >= last) {
                    break;
                }
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = last;
            return top;
        }
    }
}
