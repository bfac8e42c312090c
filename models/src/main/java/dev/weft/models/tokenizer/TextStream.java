package dev.weft.models.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text from ids, as they come: whole characters are given out at once, the bytes of an unfinished one are held back until
 * the next id completes it. All pieces together, with {@link #finish}, equal {@link Tokenizer#decode}.
 */
public final class TextStream {

    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** At most three bytes: a UTF-8 sequence without its last byte. */
    private byte[] held = {};

    public TextStream(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The characters that {@code id} completes; may be empty. */
    public String accept(int id) {
        return decode(tokenizer.bytes(id), false);
    }

    /** What is still held back: the bytes of a character that never became whole, as U+FFFD. */
    public String finish() {
        return decode(new byte[0], true);
    }

    private String decode(byte[] more, boolean end) {
        ByteBuffer in = ByteBuffer.allocate(held.length + more.length)
                .put(held)
                .put(more)
                .flip();
        // One byte gives at most one UTF-16 unit, and the flush of an unfinished sequence at most one more.
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, out, end);
        if (end) {
            decoder.flush(out);
            decoder.reset();
        }
        held = new byte[in.remaining()];
        in.get(held);
        return out.flip().toString();
    }
}
