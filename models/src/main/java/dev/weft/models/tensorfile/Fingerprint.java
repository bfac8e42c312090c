package dev.weft.models.tensorfile;

import dev.weft.models.io.Hashes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/** What tells sets of tensors apart: names, types and bytes. */
public final class Fingerprint {

    /** Bytes that are read at once: a byte buffer holds less than some tensors. */
    private static final long PIECE = 1L << 30;

    private Fingerprint() {}

    /** Equal for equal names, types and bytes, in whatever order: 64 hexadecimal digits. */
    public static String of(Map<String, Tensor> tensors) {
        MessageDigest digest = Hashes.digest();
        new TreeMap<>(tensors).forEach((name, tensor) -> {
            digest.update((name + " " + tensor.type() + "\n").getBytes(StandardCharsets.UTF_8));
            long bytes = tensor.data().byteSize();
            for (long at = 0; at < bytes; at += PIECE) {
                digest.update(
                        tensor.data().asSlice(at, Math.min(PIECE, bytes - at)).asByteBuffer());
            }
        });
        return Hashes.hex(digest.digest());
    }
}
