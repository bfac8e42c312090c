package dev.weft.models.tokenizer.file;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.bpe.BpeVocabulary.Merge;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Vocabularies whose pieces are spelled in letters, as {@code vocab.json} and {@code tokenizer.json} have them. */
final class Spelling {

    /**
     * Two pieces that become one.
     *
     * @param where its place in the file, for messages
     */
    record SpelledMerge(String left, String right, String where) {}

    private final String file;
    private final Map<String, Integer> ids = new HashMap<>();
    private final @Nullable String[] pieces;

    /**
     * @param file for messages
     * @param size ids, from 0
     */
    Spelling(String file, int size) {
        this.file = file;
        if (size < 1 || size > BpeVocabulary.MOST_PIECES) {
            throw new UserException(
                    "%s: must name between 1 and %d pieces, got %d".formatted(file, BpeVocabulary.MOST_PIECES, size));
        }
        this.pieces = new @Nullable String[size];
    }

    /** Gives a piece its id. */
    void piece(String piece, @Nullable Object value) {
        if (!(value instanceof Integer id) || id < 0 || id >= pieces.length) {
            throw new UserException("%s: ids must be the numbers from 0 to %d, got %s for \"%s\""
                    .formatted(file, pieces.length - 1, value, piece));
        }
        String there = pieces[id];
        if (there != null && !there.equals(piece)) {
            throw new UserException("%s: id %d is given to both \"%s\" and \"%s\"".formatted(file, id, there, piece));
        }
        pieces[id] = piece;
        ids.put(piece, id);
    }

    /** The id of a piece; null if it has none. */
    @Nullable
    Integer id(String piece) {
        return ids.get(piece);
    }

    BpeVocabulary vocabulary(
            List<SpelledMerge> spelled, boolean wholeWords, SplitPattern pattern, Map<String, Integer> special) {
        SequencedMap<String, Integer> ordered = new LinkedHashMap<>();
        special.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry<String, Integer>::getValue))
                .forEach(token -> ordered.put(token.getKey(), token.getValue()));
        List<byte[]> bytes = Arrays.stream(pieces)
                .map(piece -> piece == null ? new byte[0] : bytes(piece, special.containsKey(piece)))
                .toList();
        List<Merge> merges = new ArrayList<>(spelled.size());
        for (SpelledMerge merge : spelled) {
            merges.add(new Merge(
                    known(merge.left(), merge),
                    known(merge.right(), merge),
                    known(merge.left() + merge.right(), merge)));
        }
        return new BpeVocabulary(bytes, merges, wholeWords, pattern, ordered);
    }

    /** What no byte's letters spell stands for itself. */
    private static byte[] bytes(String piece, boolean special) {
        byte[] itself = piece.getBytes(StandardCharsets.UTF_8);
        return special ? itself : ByteLetters.bytes(piece).orElse(itself);
    }

    private int known(String piece, SpelledMerge merge) {
        Integer id = ids.get(piece);
        if (id == null) {
            throw new UserException(
                    "%s: uses \"%s\", which the vocabulary does not have".formatted(merge.where(), piece));
        }
        return id;
    }

    /** The spelling of each id of a vocabulary that is written; of one that stands for nothing none. */
    static SequencedMap<String, Integer> spelled(BpeVocabulary vocabulary) {
        Map<Integer, String> special = new HashMap<>();
        vocabulary.special().forEach((token, id) -> special.put(id, token));
        SequencedMap<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            byte[] piece = vocabulary.pieces().get(id);
            if (piece.length > 0) {
                String token = special.get(id);
                ids.put(token == null ? ByteLetters.spell(piece) : token, id);
            }
        }
        return ids;
    }

    /** {@code left right} of each merge. */
    static List<String> merges(BpeVocabulary vocabulary) {
        return vocabulary.merges().stream()
                .map(merge -> ByteLetters.spell(vocabulary.pieces().get(merge.left())) + " "
                        + ByteLetters.spell(vocabulary.pieces().get(merge.right())))
                .toList();
    }
}
