package dev.weft.models.tokenizer;

import com.knuddels.jtokkit.Encodings;
import dev.weft.graph.DefectException;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.TiktokenFile;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;

/** GPT-2's byte-level byte-pair encoding ({@code r50k_base}): 50,256 pieces, and 50256 between documents. */
public final class Gpt2Tokenizer implements Tokenizer {

    static final String KIND = "gpt2";
    /** What {@link BpeVocabulary#fingerprint} is for this vocabulary, wherever it was read from. */
    static final String VOCABULARY = "77e79076dba7fba3f3c1fcf4c0c3268688b23413d60aec1732370dc1a13916dd";

    private static final String TABLE = "/com/knuddels/jtokkit/r50k_base.tiktoken";
    private static final String END_OF_TEXT = "<|endoftext|>";

    private final BpeTokenizer tokenizer = BpeTokenizer.of(KIND, table());

    private static BpeVocabulary table() {
        SequencedMap<String, Integer> special = new LinkedHashMap<>();
        special.put(END_OF_TEXT, 50256);
        try (InputStream in = Encodings.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new DefectException("GPT-2's vocabulary " + TABLE + " is missing from this build");
            }
            return TiktokenFile.read(in.readAllBytes(), TABLE, SplitPattern.GPT2, special);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return tokenizer.vocabularySize();
    }

    /** What it is made of. */
    public BpeVocabulary vocabulary() {
        return tokenizer.vocabulary();
    }

    @Override
    public int[] encode(String text) {
        return tokenizer.encode(text);
    }

    @Override
    public int[] encodeBytes(byte[] bytes) {
        return tokenizer.encodeBytes(bytes);
    }

    @Override
    public int[] encodeWithSpecial(byte[] bytes) {
        return tokenizer.encodeWithSpecial(bytes);
    }

    @Override
    public byte[] bytes(int id) {
        return tokenizer.bytes(id);
    }

    @Override
    public OptionalInt endOfText() {
        return tokenizer.endOfText();
    }

    @Override
    public String fingerprint() {
        return KIND;
    }

    @Override
    public void save(Path folder) {
        Tokenizers.save(folder, KIND, Map.of());
    }
}
