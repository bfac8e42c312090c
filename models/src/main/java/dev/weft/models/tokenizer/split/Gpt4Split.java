package dev.weft.models.tokenizer.split;

/** {@link SplitPattern#GPT4} as a scanner: its alternatives in their order. */
final class Gpt4Split {

    private static final int MOST_DIGITS = 3;

    private Gpt4Split() {}

    static int next(byte[] text, int from, int to) {
        byte first = text[from];
        if (first == '\'') {
            int contraction = contraction(text, from, to);
            if (contraction > 0) {
                return from + contraction;
            }
        }
        int character = Characters.at(text, from, to);
        int kind = Characters.kind(character);
        int second = from + Characters.length(character);
        if (kind == Characters.LETTER) {
            return Characters.run(text, second, to, Characters.LETTER);
        }
        if (kind == Characters.NUMBER) {
            return numbers(text, second, to);
        }
        int after = second < to ? Characters.at(text, second, to) : -1;
        if (kind != Characters.NEWLINE && after >= 0 && Characters.kind(after) == Characters.LETTER) {
            return Characters.run(text, second + Characters.length(after), to, Characters.LETTER);
        }
        if (kind == Characters.OTHER) {
            return newlines(text, Characters.run(text, second, to, Characters.OTHER), to);
        }
        if (first == ' ' && after >= 0 && Characters.kind(after) == Characters.OTHER) {
            int others = Characters.run(text, second + Characters.length(after), to, Characters.OTHER);
            return newlines(text, others, to);
        }
        int newline = Whitespace.afterLastNewline(text, from, to);
        return newline > from ? newline : Whitespace.next(text, from, to);
    }

    /** The end of at most three numbers, of which the first was seen. */
    private static int numbers(byte[] text, int from, int to) {
        int at = from;
        for (int seen = 1; seen < MOST_DIGITS && at < to; seen++) {
            int character = Characters.at(text, at, to);
            if (Characters.kind(character) != Characters.NUMBER) {
                return at;
            }
            at += Characters.length(character);
        }
        return at;
    }

    private static int newlines(byte[] text, int from, int to) {
        int at = from;
        while (at < to && (text[at] == '\n' || text[at] == '\r')) {
            at++;
        }
        return at;
    }

    /** Bytes of {@code 's}, {@code 'LL} and the like; 0 if there is none. */
    private static int contraction(byte[] text, int from, int to) {
        if (from + 1 >= to) {
            return 0;
        }
        int second = lower(text[from + 1]);
        if (second == 's' || second == 't' || second == 'm' || second == 'd') {
            return 2;
        }
        if (from + 2 >= to) {
            return 0;
        }
        int third = lower(text[from + 2]);
        if (second == 'l' && third == 'l' || second == 'v' && third == 'e' || second == 'r' && third == 'e') {
            return 3;
        }
        // U+017F, the long s, is an s to what does not tell cases apart.
        boolean longS = text[from + 1] == (byte) 0xc5 && text[from + 2] == (byte) 0xbf;
        return longS ? 3 : 0;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
