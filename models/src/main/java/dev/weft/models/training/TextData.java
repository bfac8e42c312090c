package dev.weft.models.training;

import dev.weft.models.Batches;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Text as tokens, in windows of the model's context. */
final class TextData implements TrainingData {

    private final Corpus corpus;
    private final Tokenizer tokens;
    private final TokenizedCorpus parts;
    private final int context;
    private final int rows;
    private final long seed;

    /**
     * @param context T, tokens of a row
     * @param rows B, rows of a batch
     */
    TextData(Corpus corpus, Tokenizer tokenizer, int context, int rows, long seed) {
        this.corpus = corpus;
        this.tokens = tokenizer;
        this.parts = TokenizedCorpus.of(corpus, tokenizer, context);
        this.context = context;
        this.rows = rows;
        this.seed = seed;
    }

    @Override
    public Batches batches() {
        return Batches.of(
                new TrainingWindows(parts.training(), context, rows, seed),
                new ValidationWindows(parts.validation(), context, rows));
    }

    @Override
    public Map<String, Long> sizes() {
        return Map.of("B", (long) rows, "T", (long) context);
    }

    @Override
    public Map<String, Long> validationSizes() {
        return sizes();
    }

    @Override
    public String fingerprint() {
        return corpus.fingerprint();
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
        return Optional.of(tokens);
    }

    @Override
    public long perBatch() {
        return (long) rows * context;
    }

    @Override
    public Map<String, Object> describe() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("data", corpus.origin());
        fields.put("files", corpus.files());
        fields.put("skipped_hidden", corpus.skippedHidden());
        fields.put("skipped_binary", corpus.skippedBinary());
        fields.put("characters", corpus.characters());
        fields.put("training_tokens", parts.training().count());
        fields.put("validation_tokens", parts.validation().count());
        return fields;
    }

    @Override
    public void close() {
        parts.close();
    }
}
