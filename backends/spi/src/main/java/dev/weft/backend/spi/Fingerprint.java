package dev.weft.backend.spi;

import dev.weft.graph.DefectException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names for texts. */
public final class Fingerprint {
    private static final int NAME_BYTES = 8;
    private static final int KEY_BYTES = 16;

    private Fingerprint() {}

    /** Sixteen hexadecimal digits of the text's SHA-256. */
    public static String of(String text) {
        return digits(text, NAME_BYTES);
    }

    /** Thirty-two of them, where what is found under the name is trusted to be that of the text. */
    public static String key(String text) {
        return digits(text, KEY_BYTES);
    }

    private static String digits(String text, int bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new DefectException("SHA-256: every JDK must have it", impossible);
        }
    }
}
