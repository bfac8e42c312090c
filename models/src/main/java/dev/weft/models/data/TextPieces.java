package dev.weft.models.data;

import dev.weft.graph.UserException;
import java.util.function.Consumer;

/**
 * A text that comes as it likes, in pieces that a tokenizer cuts no differently than the whole: a piece ends before a space that
 * follows something else, or before a line break that follows a letter or digit, and there no tokenizer joins anything.
 */
final class TextPieces {

    /** No word of any language comes near; what does is something else in the form of text. */
    private static final int LONGEST_WORD = 1 << 28;

    private final String origin;
    private final int size;
    private final Consumer<String> pieces;
    private final StringBuilder held = new StringBuilder();
    /** Up to where {@link #held} was searched for a place to cut at. */
    private int searched;

    /**
     * @param origin of the text, for messages
     * @param size characters of a piece, about
     */
    TextPieces(String origin, int size, Consumer<String> pieces) {
        this.origin = origin;
        this.size = size;
        this.pieces = pieces;
    }

    /** More of the text; it may be longer than a piece. */
    void add(CharSequence text, int from, int to) {
        for (int at = from; at < to; ) {
            int end = Math.min(to, at + size);
            held.append(text, at, end);
            at = end;
            while (held.length() >= size && cut()) {
                continue;
            }
        }
    }

    private boolean cut() {
        int cut = lastCut();
        searched = held.length();
        if (cut <= 0) {
            if (held.length() > LONGEST_WORD) {
                throw new UserException("%s: a word must have at most %d characters, found more without a space"
                        .formatted(origin, LONGEST_WORD));
            }
            return false;
        }
        String piece = held.substring(0, cut);
        held.delete(0, cut);
        searched = held.length();
        pieces.accept(piece);
        return true;
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

    /** The text ends here; the next one begins a word of its own. */
    void finish() {
        if (!held.isEmpty()) {
            String rest = held.toString();
            held.setLength(0);
            searched = 0;
            pieces.accept(rest);
        }
    }
}
