package dev.weft.models.training;

import dev.weft.graph.UserException;
import dev.weft.models.Batches;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Text as tokens, in windows of the model's context. */
final class TextData implements TrainingData {

    /** How a person names standard input. */
    static final String STANDARD_INPUT = "-";

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

    /** The corpus in files, in standard input, or, where none is named, the one that Weft ships. */
    static Corpus corpus(List<String> data) {
        if (data.isEmpty()) {
            return Corpus.shipped();
        }
        if (data.contains(STANDARD_INPUT)) {
            if (data.size() > 1) {
                throw new UserException("data: standard input (-) must be the only one, got " + data);
            }
            return Corpus.read(System.in, "standard input");
        }
        return Corpus.read(data.stream().map(Path::of).toList());
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
        return Map.of(
                "data",
                corpus.origin(),
                "characters",
                corpus.characters(),
                "training_tokens",
                parts.training().length,
                "validation_tokens",
                parts.validation().length);
    }

    @Override
    public void close() {}
}
