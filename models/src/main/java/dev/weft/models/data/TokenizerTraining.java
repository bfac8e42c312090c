package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.io.Parallel;
import dev.weft.models.tokenizer.bpe.BpeTrainer;
import dev.weft.models.tokenizer.bpe.WordCounts;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Makes a vocabulary for a corpus. */
public final class TokenizerTraining {

    private static final int PIECE = 1 << 20;

    private TokenizerTraining() {}

    /**
     * Counts the words of {@code corpus} on several threads, and trains a byte-level BPE on them. It follows from the text, the pattern
     * and the sizes alone, not from the number of threads.
     *
     * @param size ids, special tokens included
     * @param special special tokens, which get the last ids
     * @param progress sees how many pieces there are
     * @throws UserException if the vocabulary has no room for all bytes and special tokens, or the corpus holds tokens
     */
    public static BpeTrainer.Trained train(
            Corpus corpus, SplitPattern pattern, int size, List<String> special, int threads, IntConsumer progress) {
        BpeTrainer.require(size, special);
        Counting counting = new Counting(corpus.origin(), pattern, threads, PIECE);
        corpus.read(counting);
        return BpeTrainer.train(counting.finish(), pattern, size, special, progress);
    }

    /** Counts words while a corpus is read. */
    static final class Counting implements CorpusSink {

        private final SplitPattern pattern;
        private final int threads;
        private final TextPieces pieces;
        private final List<String> waiting = new ArrayList<>();
        private final WordCounts counts = new WordCounts();

        /** @param piece characters of a piece, about */
        Counting(String origin, SplitPattern pattern, int threads, int piece) {
            this.pattern = pattern;
            this.threads = threads;
            this.pieces = new TextPieces(origin, piece, this::count);
        }

        private void count(String text) {
            waiting.add(text);
            if (waiting.size() >= threads) {
                countWaiting();
            }
        }

        private void countWaiting() {
            Parallel.map(waiting, threads, text -> WordCounts.of(text.getBytes(StandardCharsets.UTF_8), pattern))
                    .forEach(counts::addAll);
            waiting.clear();
        }

        @Override
        public void text(CharSequence piece) {
            pieces.add(piece, 0, piece.length());
        }

        @Override
        public void tokens(String where, int[] ids, float @Nullable [] weights) {
            throw new UserException(where + ": is tokens already; a tokenizer is trained on text");
        }

        @Override
        public void weighted(String where, String text, float[] weights) {
            pieces.finish();
            pieces.add(text, 0, text.length());
            pieces.finish();
        }

        WordCounts finish() {
            pieces.finish();
            countWaiting();
            return counts;
        }
    }
}
