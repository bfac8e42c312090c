package dev.weft.models.compress;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Bytes cut into what a tokenizer can spell and what it cannot. Text is UTF-8 of characters that the tokenizer knows; everything else,
 * and text too short to be worth a piece of its own, is left as bytes.
 */
final class Spelling {

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
    private final Map<Integer, Boolean> known = new HashMap<>();

    Spelling(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Pieces that make up {@code data}, in order. */
    List<Piece> of(byte[] data) {
        List<Piece> pieces = new ArrayList<>();
        int raw = 0;
        int at = 0;
        while (at < data.length) {
            int end = textEnd(data, at);
            if (end == at) {
                at++;
                continue;
            }
            boolean isLong = end - at >= LEAST_TEXT || end - at == data.length;
            int[] tokens = isLong ? tokens(data, at, end) : new int[0];
            if (tokens.length > 0) {
                bytes(pieces, at - raw);
                pieces.add(new Piece(end - at, tokens, true));
                raw = end;
            }
            at = end;
        }
        bytes(pieces, data.length - raw);
        return pieces;
    }

    private static void bytes(List<Piece> pieces, int length) {
        if (length > 0) {
            pieces.add(new Piece(length, new int[0], false));
        }
    }

    /** No tokens where they would not give back the same bytes. */
    private int[] tokens(byte[] data, int from, int to) {
        int[] tokens = tokenizer.encode(new String(data, from, to - from, StandardCharsets.UTF_8));
        int at = from;
        for (int token : tokens) {
            byte[] spelled = tokenizer.bytes(token);
            if (at + spelled.length > to || !Arrays.equals(spelled, 0, spelled.length, data, at, at + spelled.length)) {
                return new int[0];
            }
            at += spelled.length;
        }
        return at == to ? tokens : new int[0];
    }

    /** Behind the last of the known characters that begin at {@code from}. */
    private int textEnd(byte[] data, int from) {
        int at = from;
        while (at < data.length) {
            int length = characterLength(data, at);
            if (length == 0 || !isKnown(data, at, length)) {
                break;
            }
            at += length;
        }
        return at;
    }

    private boolean isKnown(byte[] data, int at, int length) {
        String character = new String(data, at, length, StandardCharsets.UTF_8);
        return known.computeIfAbsent(character.codePointAt(0), any -> {
            try {
                return tokenizer.encode(character).length > 0;
            } catch (UserException unknown) {
                return false;
            }
        });
    }

    /** Bytes of the UTF-8 character at {@code at}; 0 if there is none. */
    private static int characterLength(byte[] data, int at) {
        int first = Byte.toUnsignedInt(data[at]);
        int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > data.length) {
            return 0;
        }
        boolean continues = IntStream.range(at + 1, at + length).allMatch(i -> (data[i] & 0xc0) == 0x80);
        if (!continues) {
            return 0;
        }
        int second = length > 1 ? Byte.toUnsignedInt(data[at + 1]) : 0;
        boolean isOverlong = first == 0xe0 && second < 0xa0 || first == 0xf0 && second < 0x90;
        boolean isSurrogate = first == 0xed && second > 0x9f;
        boolean isTooLarge = first == 0xf4 && second > 0x8f;
        return isOverlong || isSurrogate || isTooLarge ? 0 : length;
    }
}
