package dev.weft.models.training;

import dev.weft.models.Batches;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.Map;
import java.util.Optional;

/** What a run trains on, cut into batches of one size. */
sealed interface TrainingData extends AutoCloseable permits TextData, TensorData {

    Batches batches();

    /** Call sizes of a training batch. */
    Map<String, Long> sizes();

    /** Call sizes of a validation batch. */
    Map<String, Long> validationSizes();

    /** Equal for equal data; part of what a resumed run must find unchanged. */
    String fingerprint();

    Optional<Tokenizer> tokenizer();

    /** Tokens, or rows, that a micro-batch trains on. */
    long perBatch();

    /** What the log says about it: strings and numbers by name. */
    Map<String, Object> describe();

    @Override
    void close();
}
