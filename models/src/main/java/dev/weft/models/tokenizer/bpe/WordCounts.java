package dev.weft.models.tokenizer.bpe;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.util.Arrays;

/** How often each word occurs, words being bytes. One thread at a time; counts of several threads are added up. */
public final class WordCounts {

    private static final int EMPTY = -1;

    /** All words, one after the other. */
    private byte[] bytes = new byte[1 << 16];
    /** Where each word begins; the word behind the last begins where its bytes end. */
    private int[] starts = new int[1 << 12];

    private long[] counts = new long[1 << 12];
    private int size;
    private int[] slots = emptySlots(1 << 13);

    private static int[] emptySlots(int count) {
        int[] slots = new int[count];
        Arrays.fill(slots, EMPTY);
        return slots;
    }

    /** The words of a text. */
    public static WordCounts of(byte[] text, SplitPattern pattern) {
        WordCounts counts = new WordCounts();
        for (int from = 0; from < text.length; ) {
            int to = pattern.next(text, from, text.length);
            counts.add(text, from, to, 1);
            from = to;
        }
        return counts;
    }

    /** Adds what others have counted. */
    public void addAll(WordCounts others) {
        for (int word = 0; word < others.size; word++) {
            add(others.bytes, others.starts[word], others.starts[word + 1], others.counts[word]);
        }
    }

    void add(byte[] text, int from, int to, long count) {
        int slot = hash(text, from, to) & slots.length - 1;
        while (slots[slot] != EMPTY) {
            int word = slots[slot];
            if (Arrays.equals(bytes, starts[word], starts[word + 1], text, from, to)) {
                counts[word] += count;
                return;
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = append(text, from, to, count);
        if (2 * size > slots.length) {
            rehash();
        }
    }

    private int append(byte[] text, int from, int to, long count) {
        int end = starts[size] + (to - from);
        if (end < 0 || end > 1 << 30) {
            throw new UserException(
                    "tokenizer: the different words of its text must have at most 1 GiB together, got more");
        }
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(1L << 30, Math.max(end, 2L * bytes.length)));
        }
        if (size + 2 > starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
            counts = Arrays.copyOf(counts, 2 * counts.length);
        }
        System.arraycopy(text, from, bytes, starts[size], to - from);
        counts[size] = count;
        starts[++size] = end;
        return size - 1;
    }

    private void rehash() {
        slots = emptySlots(2 * slots.length);
        for (int word = 0; word < size; word++) {
            int slot = hash(bytes, starts[word], starts[word + 1]) & slots.length - 1;
            while (slots[slot] != EMPTY) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = word;
        }
    }

    private static int hash(byte[] text, int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = (hash ^ text[i]) * 0x9e3779b97f4a7c15L;
        }
        return (int) (hash >>> Integer.SIZE);
    }

    /** Different words. */
    public int size() {
        return size;
    }

    /** Bytes of all words, each as often as it occurs. */
    public long total() {
        long total = 0;
        for (int word = 0; word < size; word++) {
            total += counts[word] * ((long) starts[word + 1] - starts[word]);
        }
        return total;
    }

    /** Bytes of the different words. */
    int length() {
        return starts[size];
    }

    int start(int word) {
        return starts[word];
    }

    int end(int word) {
        return starts[word + 1];
    }

    byte at(int place) {
        return bytes[place];
    }

    long count(int word) {
        return counts[word];
    }
}
