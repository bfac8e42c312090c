package dev.weft.models.compress;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes cut into what a model shall expect and what is left to a dictionary. Text is UTF-8 of characters that the tokenizer knows;
 * everything else, and text too short to be worth a piece of its own, is left as bytes: also where a byte-level tokenizer could spell
 * them, for no model of language expects them.
 */
final class Pieces {

    /** Bytes of text between other bytes that are worth a piece of their own. */
    private static final int LEAST_TEXT = 16;

    /**
     * A piece of the input.
     *
     * @param length in bytes
     * @param tokens that spell exactly these bytes; none for a piece that is left as bytes
     */
    record Piece(int length, int[] tokens, boolean isText) {}

    private final Tokenizer tokenizer;
    private final byte[] data;
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<Integer, Boolean> known = new HashMap<>();
    /** Bytes before the first that no piece has. */
    private int done;

    private Pieces(Tokenizer tokenizer, byte[] data) {
        this.tokenizer = tokenizer;
        this.data = data;
    }

    /** Pieces that make up {@code data}, in order. */
    static List<Piece> of(Tokenizer tokenizer, byte[] data) {
        Pieces cut = new Pieces(tokenizer, data);
        cut.textWhereItIs();
        cut.bytes(data.length);
        return cut.pieces;
    }

    /** Decodes as far as there is UTF-8, and goes on behind what is none. */
    private void textWhereItIs() {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(data);
        CharBuffer text = CharBuffer.allocate(data.length + 1);
        while (in.hasRemaining()) {
            int from = in.position();
            CoderResult result = decoder.reset().decode(in, text.clear(), true);
            knownText(from, text.flip().toString());
            if (result.isError()) {
                in.position(in.position() + result.length());
            }
        }
    }

    /** @param from where the UTF-8 of {@code text} begins */
    private void knownText(int from, String text) {
        int begin = from;
        int at = from;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            int next = at + length(character);
            if (!isKnown(character)) {
                text(begin, at);
                begin = next;
            }
            at = next;
            i += Character.charCount(character);
        }
        text(begin, at);
    }

    /** Bytes of a character in UTF-8. */
    private static int length(int character) {
        return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    }

    private boolean isKnown(int character) {
        return known.computeIfAbsent(character, any -> {
            try {
                return tokenizer.encode(Character.toString(character)).length > 0;
            } catch (UserException unknown) {
                return false;
            }
        });
    }

    private void text(int from, int to) {
        boolean isLong = to - from >= LEAST_TEXT || to - from == data.length;
        int[] tokens = isLong ? tokens(from, to) : new int[0];
        if (tokens.length > 0) {
            bytes(from);
            pieces.add(new Piece(to - from, tokens, true));
            done = to;
        }
    }

    /** What no piece has yet, before {@code to}, is left as bytes. */
    private void bytes(int to) {
        if (to > done) {
            pieces.add(new Piece(to - done, new int[0], false));
            done = to;
        }
    }

    /** No tokens where they would not give back the same bytes. */
    private int[] tokens(int from, int to) {
        byte[] text = Arrays.copyOfRange(data, from, to);
        int[] tokens = tokenizer.encodeBytes(text);
        return Arrays.equals(tokenizer.decodeBytes(tokens), text) ? tokens : new int[0];
    }
}
