package dev.weft.backend.cpu;

import dev.weft.graph.DefectException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names for texts. */
final class Fingerprint {
    private static final int BYTES = 8;

    private Fingerprint() {}

    /** Sixteen hexadecimal digits of the text's SHA-256. */
    static String of(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new DefectException("SHA-256: every JDK must have it", impossible);
        }
    }
}
