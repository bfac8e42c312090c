package dev.weft.models.tokenizer;

import dev.weft.graph.UserException;
import dev.weft.models.io.Hashes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;

/** One id for each distinct character (Unicode code point) of a corpus, in the order of their code points. */
public final class CharTokenizer implements Tokenizer {

    static final String KIND = "char";
    private static final String CHARACTERS = "characters";

    /** Ascending; the index is the id. */
    private final int[] codePoints;

    private CharTokenizer(int[] codePoints) {
        this.codePoints = codePoints;
    }

    /** The tokenizer of the characters that {@code corpus} uses. */
    public static CharTokenizer of(String corpus) {
        return of(corpus.codePoints().toArray());
    }

    /** The tokenizer of these code points, in any order and any number of times. */
    public static CharTokenizer of(int[] codePoints) {
        int[] distinct = Arrays.stream(codePoints).sorted().distinct().toArray();
        if (distinct.length == 0) {
            throw new UserException(
                    "tokenizer char: the corpus has no characters to make a vocabulary of; for one of tokens, name the tokenizer that made them");
        }
        return new CharTokenizer(distinct);
    }

    static CharTokenizer read(Map<String, Object> saved, Path file) {
        if (saved.get(CHARACTERS) instanceof String characters && !characters.isEmpty()) {
            return of(characters);
        }
        throw new UserException(
                file + ": a tokenizer of kind char must have its characters under \"" + CHARACTERS + "\"");
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return codePoints.length;
    }

    @Override
    public int[] encode(String text) {
        int[] ids = new int[text.codePointCount(0, text.length())];
        int position = 0;
        for (int offset = 0; offset < text.length(); position++) {
            int codePoint = text.codePointAt(offset);
            int id = Arrays.binarySearch(codePoints, codePoint);
            if (id < 0) {
                throw unknown(codePoint, position, text, offset);
            }
            ids[position] = id;
            offset += Character.charCount(codePoint);
        }
        return ids;
    }

    @Override
    public int[] encodeBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return encode(StandardCharsets.UTF_8.newDecoder().decode(in).toString());
        } catch (CharacterCodingException e) {
            throw new UserException(
                    "tokenizer char: must be given UTF-8, got the byte 0x%02x at offset %d"
                            .formatted(in.get(in.position()), in.position()),
                    e);
        }
    }

    private UserException unknown(int codePoint, int position, String text, int offset) {
        String shown = Character.isISOControl(codePoint) ? "" : " '" + Character.toString(codePoint) + "'";
        long line = text.substring(0, offset).chars().filter(c -> c == '\n').count() + 1;
        return new UserException(
                "tokenizer char: the vocabulary has no character U+%04X%s, found at character %d (line %d);"
                                .formatted(codePoint, shown, position, line)
                        + " it has the " + codePoints.length + " characters of the text it was made of."
                        + " Leave the character out, or train on text that has it");
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id >= codePoints.length) {
            throw Tokenizers.unknownId(this, id);
        }
        return Character.toString(codePoints[id]).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public OptionalInt endOfText() {
        return OptionalInt.empty();
    }

    @Override
    public String fingerprint() {
        return KIND + ":" + Hashes.sha256(characters());
    }

    @Override
    public void save(Path folder) {
        Tokenizers.save(folder, KIND, Map.of(CHARACTERS, characters()));
    }

    /** Ascending; the index is the id. */
    int[] codePoints() {
        return codePoints.clone();
    }

    private String characters() {
        return new String(codePoints, 0, codePoints.length);
    }
}
