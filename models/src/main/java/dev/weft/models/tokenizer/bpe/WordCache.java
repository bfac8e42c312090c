package dev.weft.models.tokenizer.bpe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The ids of words that were met before, in a fixed number of places: a word takes the place of another whose hash leads there, so
 * that memory stays below about 10 MB whatever the text. Threads share it without a lock: an entry never changes, and one that
 * another thread has not seen yet is computed again, to the same ids.
 */
final class WordCache {

    /** Longer words hardly come twice. */
    static final int LONGEST = 16;

    private static final int BITS = 16;
    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A word as two numbers: its first and its last eight bytes, which overlap where it has less than 16. */
    private record Word(long first, long last, int length, int[] ids) {}

    private final @Nullable Word[] words = new Word[1 << BITS];

    /** The first eight bytes of a word, or all if it has fewer. */
    static long first(byte[] text, int from, int length) {
        if (from + Long.BYTES <= text.length) {
            long eight = (long) EIGHT_BYTES.get(text, from);
            return length >= Long.BYTES ? eight : eight & (1L << Byte.SIZE * length) - 1;
        }
        long bytes = 0;
        for (int i = 0; i < Math.min(length, Long.BYTES); i++) {
            bytes |= (text[from + i] & 0xffL) << Byte.SIZE * i;
        }
        return bytes;
    }

    /** The last eight bytes of a word; 0 if it has no more than eight. */
    static long last(byte[] text, int from, int length) {
        return length <= Long.BYTES ? 0 : (long) EIGHT_BYTES.get(text, from + length - Long.BYTES);
    }

    private static int place(long first, long last, int length) {
        long mixed = (first ^ (last + length) * 0x9e3779b97f4a7c15L) * 0xd6e8feb86659fd93L;
        return (int) (mixed >>> Long.SIZE - BITS);
    }

    /** Null if the word is not here. */
    int @Nullable [] get(long first, long last, int length) {
        Word word = words[place(first, last, length)];
        boolean found = word != null && word.first == first && word.last == last && word.length == length;
        return found ? word.ids : null;
    }

    void put(long first, long last, int length, int[] ids) {
        words[place(first, last, length)] = new Word(first, last, length, ids);
    }
}
