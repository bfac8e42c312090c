package dev.weft.models.data;

import dev.weft.models.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How long a corpus is.
 *
 * @param characters Unicode code points
 * @param bytes UTF-8
 * @param tokens of one tokenizer
 */
public record TextMeasure(long characters, long bytes, long tokens) {

    private static final int PIECE = 1 << 20;

    /** NaN where there are no tokens. */
    public double bytesPerToken() {
        return tokens == 0 ? Double.NaN : (double) bytes / tokens;
    }

    /**
     * Counts the tokens of a corpus.
     *
     * @throws dev.weft.graph.UserException if the text has something that the vocabulary cannot spell
     */
    public static TextMeasure of(Corpus corpus, Tokenizer tokenizer) {
        Count count = new Count();
        Tokenization tokenization = new Tokenization(corpus.origin(), tokenizer, count, -1, PIECE);
        corpus.read(new CorpusSink() {
            @Override
            public void text(CharSequence piece) {
                count.bytes += piece.toString().getBytes(StandardCharsets.UTF_8).length;
                tokenization.text(piece);
            }

            @Override
            public void tokens(String where, int[] ids, float @Nullable [] weights) {
                for (int id : ids) {
                    count.bytes += id < tokenizer.vocabularySize() ? tokenizer.bytes(id).length : 0;
                }
                tokenization.tokens(where, ids, weights);
            }

            @Override
            public void weighted(String where, String text, float[] weights) {
                count.bytes += text.getBytes(StandardCharsets.UTF_8).length;
                tokenization.weighted(where, text, weights);
            }
        });
        tokenization.finish();
        return new TextMeasure(corpus.characters(), count.bytes, count.tokens);
    }

    private static final class Count implements TokenSink {
        private long bytes;
        private long tokens;

        @Override
        public void accept(int[] ids, float @Nullable [] weights) {
            tokens += ids.length;
        }

        @Override
        public void validation() {
            throw new IllegalStateException("text measure: has no validation part");
        }
    }
}
