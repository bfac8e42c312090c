package dev.weft.models.tokenizer.bpe;

import dev.weft.graph.UserException;
import dev.weft.models.io.Hashes;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;

/**
 * A byte-level BPE. Text is cut into words by its pattern; in each word the pair of neighbours that stands first among the merges is
 * joined, until none is left.
 *
 * @param pieces the bytes of each id; empty for an id that stands for nothing
 * @param merges the most urgent first
 * @param wholeWords whether a word that is a piece becomes that piece even where merges would not lead there
 * @param pattern what cuts text into words
 * @param special ids of special tokens by their spelling, ascending by id; no merge leads to them
 */
public record BpeVocabulary(
        List<byte[]> pieces,
        List<Merge> merges,
        boolean wholeWords,
        SplitPattern pattern,
        SequencedMap<String, Integer> special) {

    /** No vocabulary in use comes near; a larger one is a broken file, not a reason to reserve memory. */
    public static final int MOST_PIECES = 1 << 24;

    /** What separates documents, by the names in use. */
    private static final List<String> ENDS =
            List.of("<|endoftext|>", "<|end_of_text|>", "</s>", "<|eot|>", "<|end|>", "<eos>");

    /**
     * Two neighbours that become one.
     *
     * @param left id of the first
     * @param right id of the second
     * @param id what they become
     */
    public record Merge(int left, int right, int id) {}

    public BpeVocabulary {
        pieces = List.copyOf(pieces);
        merges = List.copyOf(merges);
        special = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(special));
        if (pieces.isEmpty() || pieces.size() > MOST_PIECES) {
            throw new UserException(
                    "vocabulary: must have between 1 and " + MOST_PIECES + " pieces, got " + pieces.size());
        }
    }

    /** Ids, from 0. */
    public int size() {
        return pieces.size();
    }

    /** The id that separates documents: the special token of a name in use, or the only one there is. */
    public OptionalInt endOfText() {
        for (String name : ENDS) {
            Integer id = special.get(name);
            if (id != null) {
                return OptionalInt.of(id);
            }
        }
        return special.size() == 1 ? OptionalInt.of(special.firstEntry().getValue()) : OptionalInt.empty();
    }

    /** With these special tokens in place of its own. */
    public BpeVocabulary withSpecial(SequencedMap<String, Integer> tokens) {
        return new BpeVocabulary(pieces, merges, wholeWords, pattern, tokens);
    }

    /** SHA-256 of everything that decides about ids: equal for vocabularies that encode alike. */
    public String fingerprint() {
        MessageDigest digest = Hashes.digest();
        ByteBuffer number = ByteBuffer.allocate(Integer.BYTES);
        digest.update((pattern + " " + wholeWords + " " + pieces.size() + "\n").getBytes(StandardCharsets.US_ASCII));
        for (byte[] piece : pieces) {
            digest.update(number.putInt(0, piece.length).duplicate());
            digest.update(piece);
        }
        for (Merge merge : merges) {
            digest.update(number.putInt(0, merge.left).duplicate());
            digest.update(number.putInt(0, merge.right).duplicate());
            digest.update(number.putInt(0, merge.id).duplicate());
        }
        for (Map.Entry<String, Integer> token : special.entrySet()) {
            digest.update((token.getValue() + " " + token.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return Hashes.hex(digest.digest());
    }
}
