package dev.weft.models.tokenizer.split;

/** {@link SplitPattern#GPT2} as a scanner: its alternatives in their order, each without going back more than a character. */
final class Gpt2Split {

    private Gpt2Split() {}

    static int next(byte[] text, int from, int to) {
        byte first = text[from];
        if (first == '\'') {
            int contraction = contraction(text, from, to);
            if (contraction > 0) {
                return from + contraction;
            }
        }
        // " ?" takes a space along if something else than white space follows.
        int at = first == ' ' && from + 1 < to ? from + 1 : from;
        int character = Characters.at(text, at, to);
        int kind = Characters.kind(character);
        if (kind == Characters.SPACE || kind == Characters.NEWLINE) {
            return Whitespace.next(text, from, to);
        }
        return Characters.run(text, at + Characters.length(character), to, kind);
    }

    /** Bytes of {@code 's}, {@code 'll} and the like; 0 if there is none. */
    private static int contraction(byte[] text, int from, int to) {
        if (from + 1 >= to) {
            return 0;
        }
        byte second = text[from + 1];
        if (second == 's' || second == 't' || second == 'm' || second == 'd') {
            return 2;
        }
        if (from + 2 >= to) {
            return 0;
        }
        byte third = text[from + 2];
        boolean three = second == 'l' && third == 'l' || second == 'v' && third == 'e' || second == 'r' && third == 'e';
        return three ? 3 : 0;
    }
}
