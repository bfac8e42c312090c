package dev.weft.models.tokenizer;

import dev.weft.models.tokenizer.bpe.BpeEncoder;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.TokenizerJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A byte-level BPE with a vocabulary of its own. Any bytes can be encoded, UTF-8 or not. */
public final class BpeTokenizer implements Tokenizer {

    private final String name;
    private final BpeVocabulary vocabulary;
    private final BpeEncoder encoder;

    private BpeTokenizer(String name, BpeVocabulary vocabulary) {
        this.name = name;
        this.vocabulary = vocabulary;
        this.encoder = new BpeEncoder(name, vocabulary);
    }

    /** @param name where it comes from, for messages */
    public static BpeTokenizer of(String name, BpeVocabulary vocabulary) {
        return new BpeTokenizer(name, vocabulary);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int vocabularySize() {
        return vocabulary.size();
    }

    /** What it is made of. */
    public BpeVocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(String text) {
        return encoder.encode(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int[] encodeBytes(byte[] bytes) {
        return encoder.encode(bytes);
    }

    @Override
    public int[] encodeWithSpecial(byte[] bytes) {
        return vocabulary.special().isEmpty() ? encodeBytes(bytes) : SpecialTokens.encode(this, bytes);
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id >= vocabulary.size()) {
            throw Tokenizers.unknownId(this, id);
        }
        return vocabulary.pieces().get(id).clone();
    }

    @Override
    public OptionalInt endOfText() {
        return vocabulary.endOfText();
    }

    @Override
    public String fingerprint() {
        return "bpe:" + vocabulary.fingerprint();
    }

    @Override
    public void save(Path folder) {
        TokenizerJson.write(folder.resolve(TokenizerJson.NAME), vocabulary);
    }
}
