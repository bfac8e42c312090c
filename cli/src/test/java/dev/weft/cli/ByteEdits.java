package dev.weft.cli;

import java.util.Arrays;
import java.util.Random;

/** Files as they never should be: bytes changed, added, taken away and moved, one to four times. */
final class ByteEdits {

    /** What formats stumble over more often than over other bytes. */
    private static final byte[] TEMPTING = {
        0, -1, 127, '\n', ' ', '"', '\\', '{', '}', '[', ']', '(', '-', '0', '9', ','
    };

    private ByteEdits() {}

    static byte[] edited(byte[] original, Random random) {
        byte[] bytes = original;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            bytes = edit(bytes, random);
        }
        return bytes;
    }

    private static byte[] edit(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[] {TEMPTING[random.nextInt(TEMPTING.length)]};
        }
        int at = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
        byte tempting = TEMPTING[random.nextInt(TEMPTING.length)];
        return switch (random.nextInt(8)) {
            case 0 -> replaced(bytes, at, 1, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
            case 1 -> replaced(bytes, at, 1, tempting);
            case 2 -> replaced(bytes, at, 1, (byte) random.nextInt(256));
            case 3 -> replaced(bytes, at, 0, tempting);
            case 4 -> replaced(bytes, at, length);
            case 5 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 6 -> Arrays.copyOf(bytes, at);
            default -> {
                int from = random.nextInt(bytes.length - length + 1);
                yield replaced(bytes, at, length, Arrays.copyOfRange(bytes, from, from + length));
            }
        };
    }

    /** {@code bytes} with {@code more} in place of {@code length} of them. */
    private static byte[] replaced(byte[] bytes, int at, int length, byte... more) {
        byte[] result = new byte[bytes.length - length + more.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(more, 0, result, at, more.length);
        System.arraycopy(bytes, at + length, result, at + more.length, bytes.length - at - length);
        return result;
    }
}
