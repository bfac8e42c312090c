package dev.weft.models.data;

import dev.weft.graph.UserException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How much an archive may unpack to: enough for any text, too little for what was made to fill a disk. */
final class Budget {

    private static final long LEAST = 1L << 30;
    private static final int TIMES = 100;

    private final String origin;
    private final long most;
    private long left;

    /** @param bytes of the outermost archive */
    Budget(String origin, long bytes) {
        this.origin = origin;
        this.most = Math.max(LEAST, TIMES * bytes);
        this.left = most;
    }

    /** The same stream, whose bytes count. */
    InputStream count(InputStream stream) {
        return new FilterInputStream(stream) {
            @Override
            public int read() throws IOException {
                int one = super.read();
                take(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int got = super.read(to, offset, length);
                take(Math.max(0, got));
                return got;
            }
        };
    }

    private void take(int bytes) {
        left -= bytes;
        if (left < 0) {
            throw new UserException(
                    "%s: an archive must unpack to at most %d bytes (a hundred times its size, and not less than 2^30); it is longer. Unpack it first"
                            .formatted(origin, most));
        }
    }
}
