package dev.weft.models.tokenizer.split;

/** What patterns tell apart: letters, numbers, line breaks, other white space, and all else, in UTF-8. */
final class Characters {

    static final int OTHER = 0;
    static final int LETTER = 1;
    static final int NUMBER = 2;
    static final int SPACE = 3;
    /** {@code \r} and {@code \n}, which are white space too. */
    static final int NEWLINE = 4;

    private static final int BITS = 3;
    private static final int MASK = (1 << BITS) - 1;
    private static final int BMP = 1 << 16;

    private static final byte[] KINDS = kinds();

    private Characters() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[BMP];
        for (int c = 0; c < BMP; c++) {
            kinds[c] = (byte) kind(c, Character.getType(c));
        }
        return kinds;
    }

    private static int kind(int codePoint, int type) {
        return switch (type) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default -> {
                boolean control = codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85;
                yield codePoint == '\n' || codePoint == '\r' ? NEWLINE : control ? SPACE : OTHER;
            }
        };
    }

    /** The kind of the character at {@code at}, which is before {@code to}, with its length: for {@link #kind} and {@link #length}. */
    static int at(byte[] text, int at, int to) {
        byte b = text[at];
        return b >= 0 ? 1 << BITS | KINDS[b] : beyondAscii(text, at, to);
    }

    static int kind(int character) {
        return character & MASK;
    }

    /** Bytes; 1 for a byte that is no UTF-8. */
    static int length(int character) {
        return character >>> BITS;
    }

    /** The end of a run of characters of one kind. */
    static int run(byte[] text, int from, int to, int kind) {
        int at = from;
        while (at < to) {
            byte b = text[at];
            if (b >= 0) {
                if (KINDS[b] != kind) {
                    return at;
                }
                at++;
            } else {
                int character = beyondAscii(text, at, to);
                if (kind(character) != kind) {
                    return at;
                }
                at += length(character);
            }
        }
        return at;
    }

    /** As Unicode's table 3-7 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
    private static int beyondAscii(byte[] text, int at, int to) {
        int lead = text[at] & 0xff;
        int length = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
        if (length == 1 || at + length > to) {
            return 1 << BITS | OTHER;
        }
        int codePoint = lead & 0xff >> length + 1;
        for (int i = 1; i < length; i++) {
            int next = text[at + i];
            if ((next & 0xc0) != 0x80) {
                return 1 << BITS | OTHER;
            }
            codePoint = codePoint << 6 | next & 0x3f;
        }
        boolean wrong = length == 3 && (codePoint < 0x800 || codePoint >= 0xd800 && codePoint < 0xe000)
                || length == 4 && (codePoint < BMP || codePoint > Character.MAX_CODE_POINT);
        if (wrong) {
            return 1 << BITS | OTHER;
        }
        int kind = codePoint < BMP ? KINDS[codePoint] : kind(codePoint, Character.getType(codePoint));
        return length << BITS | kind;
    }
}
