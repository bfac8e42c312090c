package dev.weft.models.data;

import dev.weft.models.io.Hashes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Counts and hashes a corpus as it goes by. */
final class CorpusSummary implements CorpusSink {

    /** Bytes that UTF-8 never uses set tokens and weights apart from text. */
    private static final byte TOKENS = (byte) 0xff;

    private static final byte WEIGHTS = (byte) 0xfe;

    private final MessageDigest digest = Hashes.digest();
    /** Halves of surrogate pairs that JSON may spell become question marks, as in {@link String#getBytes}. */
    private final CharsetEncoder encoder = StandardCharsets.UTF_8
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    private final BitSet codePoints = new BitSet();
    private long characters;
    private long tokens;
    private boolean hasTokens;

    @Override
    public void text(CharSequence piece) {
        for (int i = 0; i < piece.length(); ) {
            int codePoint = Character.codePointAt(piece, i);
            codePoints.set(codePoint);
            characters++;
            i += Character.charCount(codePoint);
        }
        CharBuffer in = CharBuffer.wrap(piece);
        encoder.reset();
        do {
            bytes.clear();
            encoder.encode(in, bytes, true);
            digest.update(bytes.flip());
        } while (in.hasRemaining());
    }

    @Override
    public void tokens(String where, int[] ids, float @Nullable [] weights) {
        hasTokens = true;
        tokens += ids.length;
        digest.update(TOKENS);
        ByteBuffer four = ByteBuffer.allocate(Integer.BYTES);
        digest.update(four.putInt(0, ids.length).duplicate());
        for (int id : ids) {
            digest.update(four.putInt(0, id).duplicate());
        }
        if (weights != null) {
            weights(weights);
        }
    }

    private void weights(float[] weights) {
        digest.update(WEIGHTS);
        ByteBuffer four = ByteBuffer.allocate(Float.BYTES);
        for (float weight : weights) {
            digest.update(four.putFloat(0, weight).duplicate());
        }
    }

    @Override
    public void weighted(String where, String text, float[] weights) {
        hasTokens = true;
        digest.update(TOKENS);
        text(text);
        weights(weights);
    }

    /** Code points. */
    long characters() {
        return characters;
    }

    /** Tokens that came as such. */
    long tokens() {
        return tokens;
    }

    /** Whether documents came as tokens or with weights, so that the corpus is more than a text. */
    boolean hasTokens() {
        return hasTokens;
    }

    /** The distinct code points, ascending. */
    int[] codePoints() {
        return codePoints.stream().toArray();
    }

    /** To be asked once, at the end. */
    String fingerprint() {
        return Hashes.hex(digest.digest());
    }
}
