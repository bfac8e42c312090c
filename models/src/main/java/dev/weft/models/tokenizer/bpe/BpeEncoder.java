package dev.weft.models.tokenizer.bpe;

import dev.weft.graph.UserException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Encodes with one vocabulary. Any number of threads may use one. */
public final class BpeEncoder {

    private final String name;
    private final BpeVocabulary vocabulary;
    private final MergeTable merges;
    private final int[] idOfByte = new int[256];
    private final Map<ByteBuffer, Integer> wholeWords = new HashMap<>();
    private final WordCache cache = new WordCache();

    /** @param name of the vocabulary, for messages */
    public BpeEncoder(String name, BpeVocabulary vocabulary) {
        this.name = name;
        this.vocabulary = vocabulary;
        this.merges = new MergeTable(vocabulary.merges().size());
        vocabulary.merges().forEach(merge -> merges.add(merge.left(), merge.right(), merge.id()));
        Arrays.fill(idOfByte, -1);
        Set<Integer> special = Set.copyOf(vocabulary.special().values());
        for (int id = 0; id < vocabulary.size(); id++) {
            byte[] piece = vocabulary.pieces().get(id);
            if (special.contains(id)) {
                continue;
            }
            if (piece.length == 1) {
                idOfByte[piece[0] & 0xff] = id;
            }
            if (vocabulary.wholeWords() && piece.length > 0) {
                wholeWords.put(ByteBuffer.wrap(piece), id);
            }
        }
    }

    /**
     * The ids of a text, in which the spelling of a special token is text like any other.
     *
     * @param text UTF-8, or any other bytes
     * @throws UserException if the vocabulary has no piece for a byte
     */
    public int[] encode(byte[] text) {
        int[] ids = new int[Math.max(16, text.length / 3)];
        int count = 0;
        for (int from = 0; from < text.length; ) {
            int to = vocabulary.pattern().next(text, from, text.length);
            int[] word = word(text, from, to - from);
            if (count + word.length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, count + word.length));
            }
            if (word.length == 1) {
                ids[count++] = word[0];
            } else {
                System.arraycopy(word, 0, ids, count, word.length);
                count += word.length;
            }
            from = to;
        }
        return Arrays.copyOf(ids, count);
    }

    private int[] word(byte[] text, int from, int length) {
        if (length > WordCache.LONGEST) {
            return merged(text, from, length);
        }
        long first = WordCache.first(text, from, length);
        long last = WordCache.last(text, from, length);
        int @Nullable [] known = cache.get(first, last, length);
        if (known != null) {
            return known;
        }
        int[] ids = merged(text, from, length);
        cache.put(first, last, length, ids);
        return ids;
    }

    private int[] merged(byte[] text, int from, int length) {
        if (vocabulary.wholeWords()) {
            Integer whole = wholeWords.get(ByteBuffer.wrap(text, from, length));
            if (whole != null) {
                return new int[] {whole};
            }
        }
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = idOfByte[text[from + i] & 0xff];
            if (ids[i] < 0) {
                throw new UserException("%s: the vocabulary has no piece for the byte 0x%02x, found at byte %d"
                        .formatted(name, text[from + i], from + i));
            }
        }
        return Arrays.copyOf(ids, WordMerger.merge(merges, ids, length));
    }
}
