package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a corpus into tokens while it is read. A text is given to the tokenizer in pieces that it cuts no differently than the whole:
 * a piece ends before a space that follows something else, or before a line break that follows a letter or digit, and there no
 * tokenizer joins anything.
 */
final class Tokenization implements CorpusSink {

    /** No word of any language comes near; what does is something else in the form of text. */
    private static final int LONGEST_WORD = 1 << 28;

    private final String origin;
    private final Tokenizer tokenizer;
    private final TokenSink tokens;
    private final int piece;
    /** Characters that still belong to the training part; negative for no such limit. */
    private long trainingLeft;

    private final StringBuilder held = new StringBuilder();
    /** Characters that were tokenized before {@link #held}. */
    private long before;
    /** Up to where {@link #held} was searched for a place to cut at. */
    private int searched;

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
            held.append(text, from, to);
            from = to;
            if (trainingLeft == 0) {
                flush();
                tokens.validation();
                trainingLeft = -1;
            } else {
                encodePieces();
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

    private void encodePieces() {
        while (held.length() >= piece) {
            int cut = lastCut();
            searched = held.length();
            if (cut <= 0) {
                if (held.length() > LONGEST_WORD) {
                    throw new UserException("%s: a word must have at most %d characters, found more without a space"
                            .formatted(origin, LONGEST_WORD));
                }
                return;
            }
            encode(held.substring(0, cut));
            held.delete(0, cut);
            searched = held.length();
        }
    }

    /** The last place to cut at that was not looked for before; 0 if there is none. */
    private int lastCut() {
        for (int at = held.length() - 1; at > 0 && at >= searched; at--) {
            char space = held.charAt(at);
            char last = held.charAt(at - 1);
            if (space == ' ' && isSurelyNoSpace(last) || space == '\n' && Character.isLetterOrDigit(last)) {
                return at;
            }
        }
        return 0;
    }

    /** Whatever a pattern takes for white space. */
    private static boolean isSurelyNoSpace(char c) {
        return c > ' ' && c < 127 || Character.isLetterOrDigit(c);
    }

    private void encode(String text) {
        int[] ids;
        try {
            ids = tokenizer.encode(text);
        } catch (UserException e) {
            if (before == 0) {
                throw e;
            }
            throw new UserException(
                    "%s (counted from character %d of %s)".formatted(e.getMessage(), before, origin), e);
        }
        before += text.codePointCount(0, text.length());
        tokens.accept(ids, null);
    }

    private void flush() {
        if (!held.isEmpty()) {
            String rest = held.toString();
            held.setLength(0);
            searched = 0;
            encode(rest);
        }
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
