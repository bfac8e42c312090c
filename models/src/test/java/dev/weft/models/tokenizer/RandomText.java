package dev.weft.models.tokenizer;

import java.util.Random;

/** Texts that look for trouble: the characters at which patterns turn, beside all of Unicode. */
public final class RandomText {

    private static final String TURNS =
            "  \t\n\r\u000b\u0085\u00a0\u2003\u3000\u2028''''sSſtTrRvVeElLdDmMaz09٣²½ⅷ.,!-_#é界𝄞𝟘\ud800\udc00";

    private RandomText() {}

    /** So many characters, some of them halves of surrogate pairs. */
    public static String unicode(Random random, int length) {
        StringBuilder text = new StringBuilder();
        int[] turns = TURNS.codePoints().toArray();
        while (text.length() < length) {
            switch (random.nextInt(8)) {
                case 0 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                case 1 -> text.append((char) random.nextInt(0x3000));
                case 2 -> text.append((char) random.nextInt(128));
                case 3 ->
                    text.append(Character.toString(turns[random.nextInt(turns.length)])
                            .repeat(random.nextInt(6)));
                case 4 -> text.append(random.nextBoolean() ? " the" : "'ll");
                default -> text.appendCodePoint(turns[random.nextInt(turns.length)]);
            }
        }
        return text.toString();
    }

    /** Any bytes, mostly pieces of UTF-8 that were cut or joined in the wrong place. */
    public static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        byte[] text = unicode(random, length).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int at = 0; at < length; ) {
            int run = Math.min(1 + random.nextInt(12), Math.min(length, text.length) - at);
            if (run <= 0) {
                return bytes;
            }
            if (random.nextInt(3) > 0) {
                System.arraycopy(text, at, bytes, at, run);
            }
            at += run;
        }
        return bytes;
    }
}
