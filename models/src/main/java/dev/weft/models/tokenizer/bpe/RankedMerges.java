package dev.weft.models.tokenizer.bpe;

import dev.weft.models.tokenizer.bpe.BpeVocabulary.Merge;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;

/**
 * The merges of a vocabulary that has none, in which any two neighbours become the piece that they spell together, the one with the
 * smallest id first (tiktoken's rule). Whatever stands around it, a piece comes about in one way only, since joins within its bytes are
 * those that would be made of its bytes alone. So its last join is found by encoding it with the pieces before it.
 */
public final class RankedMerges {

    private RankedMerges() {}

    /**
     * The vocabulary of pieces in the order of their ranks.
     *
     * @param special ids of special tokens, which are among the pieces and are never made
     */
    public static BpeVocabulary vocabulary(
            List<byte[]> pieces, SplitPattern pattern, SequencedMap<String, Integer> special) {
        int[] idOfByte = new int[256];
        Arrays.fill(idOfByte, -1);
        for (int id = 0; id < pieces.size(); id++) {
            byte[] piece = pieces.get(id);
            if (piece.length == 1 && !special.containsValue(id)) {
                idOfByte[piece[0] & 0xff] = id;
            }
        }
        boolean[] isSpecial = new boolean[pieces.size()];
        special.values().forEach(id -> isSpecial[id] = true);
        List<Merge> merges = new ArrayList<>(pieces.size());
        MergeTable table = new MergeTable(pieces.size());
        boolean wholeWords = false;
        for (int id = 0; id < pieces.size(); id++) {
            byte[] piece = pieces.get(id);
            if (piece.length < 2 || isSpecial[id]) {
                continue;
            }
            int[] parts = new int[piece.length];
            boolean spelled = true;
            for (int i = 0; i < parts.length; i++) {
                parts[i] = idOfByte[piece[i] & 0xff];
                spelled &= parts[i] >= 0;
            }
            if (spelled && WordMerger.merge(table, parts, parts.length) == 2) {
                table.add(parts[0], parts[1], id);
                merges.add(new Merge(parts[0], parts[1], id));
            } else {
                wholeWords = true; // no join leads to it: it is reached as a whole word
            }
        }
        return new BpeVocabulary(pieces, merges, wholeWords, pattern, special);
    }
}
