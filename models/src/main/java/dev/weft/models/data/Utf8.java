package dev.weft.models.data;

import dev.weft.graph.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reading UTF-8 piece by piece, without the mark that some editors put at its start. */
final class Utf8 {

    private static final int PIECE = 1 << 16;
    private static final char MARK = '\ufeff';

    private Utf8() {}

    /**
     * Gives the characters of {@code stream} to {@code pieces}; a piece ends inside no surrogate pair.
     *
     * @throws UserException naming the first byte that is no UTF-8
     */
    static void read(InputStream stream, String origin, Consumer<CharBuffer> pieces) throws IOException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.allocate(PIECE).limit(0);
        CharBuffer out = CharBuffer.allocate(PIECE);
        long offset = 0;
        boolean first = true;
        boolean end = false;
        while (!end) {
            in.compact();
            int got = stream.readNBytes(in.array(), in.position(), in.remaining());
            end = in.position() + got < in.capacity();
            in.position(in.position() + got).flip();
            CoderResult result = decoder.decode(in, out, end);
            offset += in.position();
            if (result.isError()) {
                throw new UserException(origin
                        + ": must be UTF-8, got the byte 0x%02x at offset %d; convert it first"
                                .formatted(in.get(in.position()), offset));
            }
            out.flip();
            if (first && out.hasRemaining()) {
                first = false;
                if (out.charAt(0) == MARK) {
                    out.position(1);
                }
            }
            if (out.hasRemaining()) {
                pieces.accept(out);
            }
            out.clear();
        }
    }
}
