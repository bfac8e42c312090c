package dev.weft.models.tokenizer.bpe;

import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.bpe.BpeVocabulary.Merge;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntConsumer;

/**
 * Trains a vocabulary: again and again, the pair of neighbours that occurs most often in all words becomes a piece. Of pairs that occur
 * equally often, the one with the smallest left id is taken, then the one with the smallest right id; in a run such as {@code aaa} pairs
 * are joined from the left. So the vocabulary follows from the words and their counts alone. The words lie in one array as linked lists;
 * joining a pair touches only the places where it is.
 */
public final class BpeTrainer {

    /** A pair that occurs once saves nothing. */
    private static final long LEAST = 2;

    private static final int BYTES = 256;
    private static final int NONE = -1;

    private final int[] symbols;
    private final int[] next;
    private final int[] previous;
    private final int[] wordOf;
    private final WordCounts words;
    private final PairCounts pairs = new PairCounts();
    private final List<byte[]> pieces = new ArrayList<>();
    private final List<Merge> merges = new ArrayList<>();
    private long tokens;

    private BpeTrainer(WordCounts words) {
        this.words = words;
        int length = words.length();
        symbols = new int[length];
        next = new int[length];
        previous = new int[length];
        wordOf = new int[length];
        int[] idOfByte = new int[BYTES];
        for (byte[] piece : byteOrder()) {
            idOfByte[piece[0] & 0xff] = pieces.size();
            pieces.add(piece);
        }
        for (int word = 0; word < words.size(); word++) {
            int end = words.end(word);
            for (int at = words.start(word); at < end; at++) {
                symbols[at] = idOfByte[words.at(at) & 0xff];
                previous[at] = at > words.start(word) ? at - 1 : NONE;
                next[at] = at + 1 < end ? at + 1 : NONE;
                wordOf[at] = word;
            }
        }
        tokens = words.total();
    }

    /** GPT-2's order: the printable ones first, then the others. */
    private static List<byte[]> byteOrder() {
        List<byte[]> printable = new ArrayList<>();
        List<byte[]> others = new ArrayList<>();
        for (int b = 0; b < BYTES; b++) {
            boolean shown = b >= '!' && b <= '~' || b >= 0xa1 && b != 0xad;
            (shown ? printable : others).add(new byte[] {(byte) b});
        }
        printable.addAll(others);
        return printable;
    }

    /**
     * What came of it.
     *
     * @param vocabulary smaller than asked for if no pair occurs twice any more
     * @param bytes of the text
     * @param tokens of the text, encoded with the vocabulary
     */
    public record Trained(BpeVocabulary vocabulary, long bytes, long tokens) {}

    /**
     * Checks what is asked for, before anything is read.
     *
     * @throws UserException if the vocabulary has no room for all bytes and special tokens, or a special token is given twice or empty
     */
    public static void require(int size, List<String> special) {
        if (new LinkedHashSet<>(special).size() < special.size() || special.contains("")) {
            throw new UserException("special tokens: must be different and not empty, got " + special);
        }
        int least = BYTES + special.size();
        if (size < least || size > BpeVocabulary.MOST_PIECES) {
            throw new RangeException("vocabulary size: must be from %d (256 bytes, special tokens: %d) to %d, got %d"
                    .formatted(least, special.size(), BpeVocabulary.MOST_PIECES, size));
        }
    }

    /**
     * Trains a vocabulary.
     *
     * @param size ids, special tokens included
     * @param special special tokens, which get the last ids
     * @param progress sees after each join how many pieces there are
     */
    public static Trained train(
            WordCounts words, SplitPattern pattern, int size, List<String> special, IntConsumer progress) {
        require(size, special);
        BpeTrainer trainer = new BpeTrainer(words);
        trainer.join(size - special.size(), progress);
        SequencedMap<String, Integer> ids = new LinkedHashMap<>();
        for (String token : special) {
            ids.put(token, trainer.pieces.size());
            trainer.pieces.add(token.getBytes(StandardCharsets.UTF_8));
        }
        BpeVocabulary vocabulary = new BpeVocabulary(trainer.pieces, trainer.merges, false, pattern, ids);
        return new Trained(vocabulary, words.total(), trainer.tokens);
    }

    private void join(int size, IntConsumer progress) {
        for (int at = 0; at < symbols.length; at++) {
            if (next[at] != NONE) {
                pairs.add(symbols[at], symbols[next[at]], at, words.count(wordOf[at]));
            }
        }
        int entered = enter(0);
        while (pieces.size() < size) {
            int pair = pairs.takeMost(LEAST);
            if (pair < 0) {
                return;
            }
            join(pair);
            entered = enter(entered);
            progress.accept(pieces.size());
        }
    }

    /** Pairs that were not there before. */
    private int enter(int from) {
        for (int pair = from; pair < pairs.size(); pair++) {
            if (pairs.count(pair) >= LEAST) {
                pairs.enter(pair);
            }
        }
        return pairs.size();
    }

    private void join(int pair) {
        int left = pairs.left(pair);
        int right = pairs.right(pair);
        int id = pieces.size();
        pieces.add(joined(pieces.get(left), pieces.get(right)));
        merges.add(new Merge(left, right, id));
        int[] places = pairs.places(pair);
        int count = pairs.placeCount(pair);
        for (int i = 0; i < count; i++) {
            int at = places[i];
            int after = next[at];
            if (symbols[at] == left && after != NONE && symbols[after] == right) {
                joinAt(at, after, id);
            }
        }
        pairs.forget(pair);
    }

    private static byte[] joined(byte[] left, byte[] right) {
        byte[] both = new byte[left.length + right.length];
        System.arraycopy(left, 0, both, 0, left.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    private void joinAt(int at, int second, int id) {
        long count = words.count(wordOf[at]);
        int before = previous[at];
        int after = next[second];
        if (before != NONE) {
            pairs.remove(symbols[before], symbols[at], count);
            pairs.add(symbols[before], id, before, count);
        }
        if (after != NONE) {
            pairs.remove(symbols[second], symbols[after], count);
            pairs.add(id, symbols[after], at, count);
            previous[after] = at;
        }
        next[at] = after;
        symbols[at] = id;
        symbols[second] = NONE;
        next[second] = NONE;
        tokens -= count;
    }
}
