package dev.weft.models.tokenizer.file;

import java.util.Arrays;
import java.util.Optional;

/**
 * The printable letter of each byte in a byte-level vocabulary: the printable ones of Latin-1 stand for themselves, the
 * others are U+0100 upward, in order (GPT-2's {@code bytes_to_unicode}).
 */
final class ByteLetters {

    private static final char[] LETTER = new char[256];
    private static final short[] BYTE = new short[512];

    static {
        Arrays.fill(BYTE, (short) -1);
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            LETTER[b] = (char) (printable ? b : next++);
            BYTE[LETTER[b]] = (short) b;
        }
    }

    private ByteLetters() {}

    static String spell(byte[] bytes) {
        StringBuilder letters = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            letters.append(letter(b));
        }
        return letters.toString();
    }

    static char letter(byte b) {
        return LETTER[b & 0xff];
    }

    /** The bytes that {@code letters} spell; empty if one of them is no byte's letter, as in special tokens. */
    static Optional<byte[]> bytes(String letters) {
        byte[] bytes = new byte[letters.length()];
        for (int i = 0; i < bytes.length; i++) {
            char letter = letters.charAt(i);
            if (letter >= BYTE.length || BYTE[letter] < 0) {
                return Optional.empty();
            }
            bytes[i] = (byte) BYTE[letter];
        }
        return Optional.of(bytes);
    }
}
