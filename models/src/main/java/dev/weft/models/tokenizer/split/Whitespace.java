package dev.weft.models.tokenizer.split;

/** Runs of white space, in which the last character often belongs to the word behind. */
final class Whitespace {

    private Whitespace() {}

    /** {@code \s+(?!\S)|\s+}: all of it at the end of the text, else all but its last character, if there are more than one. */
    static int next(byte[] text, int from, int to) {
        int last = from;
        int at = from;
        while (at < to) {
            int character = Characters.at(text, at, to);
            if (!isSpace(character)) {
                return last > from ? last : at;
            }
            last = at;
            at += Characters.length(character);
        }
        return to;
    }

    /** {@code \s*[\r\n]+}: behind the last line break of the run, {@code from} if it has none. */
    static int afterLastNewline(byte[] text, int from, int to) {
        int end = from;
        int at = from;
        while (at < to) {
            int character = Characters.at(text, at, to);
            if (!isSpace(character)) {
                return end;
            }
            at += Characters.length(character);
            if (Characters.kind(character) == Characters.NEWLINE) {
                end = at;
            }
        }
        return end;
    }

    private static boolean isSpace(int character) {
        return Characters.kind(character) >= Characters.SPACE;
    }
}
