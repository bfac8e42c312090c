package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.io.Parallel;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts a corpus into tokens while it is read, several pieces at a time on all cores; tokens come out in the order of the text. */
final class Tokenization implements CorpusSink {

    private static final int THREADS = Parallel.threads();

    private final String origin;
    private final Tokenizer tokenizer;
    private final TokenSink tokens;
    private final TextPieces pieces;
    private final int piece;
    /** Characters that still belong to the training part; negative for no such limit. */
    private long trainingLeft;

    private final List<String> waiting = new ArrayList<>();
    /** Characters that were tokenized before those that wait. */
    private long before;

    /**
     * @param trainingCharacters characters of the text's training part; negative if the text is not to be split
     * @param piece              characters of a piece, about
     */
    Tokenization(String origin, Tokenizer tokenizer, TokenSink tokens, long trainingCharacters, int piece) {
        this.origin = origin;
        this.tokenizer = tokenizer;
        this.tokens = tokens;
        this.trainingLeft = trainingCharacters;
        this.piece = piece;
        this.pieces = new TextPieces(origin, piece, this::encode);
    }

    @Override
    public void text(CharSequence text) {
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + piece);
            if (to < text.length() && Character.isLowSurrogate(text.charAt(to))) {
                to++;
            }
            if (trainingLeft >= 0) {
                to = Math.min(to, from + units(text, from, to, trainingLeft));
                trainingLeft -= Character.codePointCount(text, from, to);
            }
            pieces.add(text, from, to);
            from = to;
            if (trainingLeft == 0) {
                flush();
                tokens.validation();
                trainingLeft = -1;
            }
        }
    }

    /** UTF-16 units of the first {@code characters} code points from {@code from}, or of all until {@code to}. */
    private static int units(CharSequence text, int from, int to, long characters) {
        if (to - from <= characters) {
            return to - from;
        }
        int at = from;
        for (long n = 0; n < characters && at < to; n++) {
            at += Character.charCount(Character.codePointAt(text, at));
        }
        return at - from;
    }

    private void encode(String text) {
        waiting.add(text);
        if (waiting.size() >= THREADS) {
            encodeWaiting();
        }
    }

    /** Ids, or why there are none. */
    private sealed interface Encoded {}

    private record Ids(int[] ids) implements Encoded {}

    private record Failure(UserException reason) implements Encoded {}

    private void encodeWaiting() {
        List<Encoded> all = Parallel.map(waiting, THREADS, this::encoded);
        for (int i = 0; i < all.size(); i++) {
            int[] ids = ids(all.get(i));
            before += waiting.get(i).codePointCount(0, waiting.get(i).length());
            tokens.accept(ids, null);
        }
        waiting.clear();
    }

    private Encoded encoded(String text) {
        try {
            return new Ids(tokenizer.encode(text));
        } catch (UserException e) {
            return new Failure(e);
        }
    }

    private int[] ids(Encoded encoded) {
        return switch (encoded) {
            case Ids found -> found.ids();
            case Failure failure -> {
                UserException e = failure.reason();
                throw before == 0
                        ? e
                        : new UserException(
                                "%s (counted from character %d of %s)".formatted(e.getMessage(), before, origin), e);
            }
        };
    }

    private void flush() {
        pieces.finish();
        encodeWaiting();
    }

    @Override
    public void tokens(String where, int[] ids, float @Nullable [] weights) {
        flush();
        for (int id : ids) {
            if (id >= tokenizer.vocabularySize()) {
                throw new UserException("%s: tokens must be from 0 to %d, the vocabulary of the tokenizer %s, got %d"
                        .formatted(where, tokenizer.vocabularySize() - 1, tokenizer.name(), id));
            }
        }
        tokens.accept(ids, weights);
    }

    @Override
    public void weighted(String where, String text, float[] weights) {
        flush();
        int[] ids = tokenizer.encode(text);
        Documents.requireAsMany(where + ": " + tokenizer.name(), ids.length, weights.length);
        tokens.accept(ids, weights);
    }

    /** To be said once, at the end. */
    void finish() {
        flush();
    }
}
