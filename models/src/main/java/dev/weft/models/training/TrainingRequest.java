package dev.weft.models.training;

import dev.weft.graph.RangeException;
import dev.weft.models.Trainer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is trained on what, and how: all that a run needs to be repeated.
 *
 * @param program a file, or the name of a shipped program
 * @param constants of the model, as text: {@code layers=6}; those left out have their defaults, and {@code vocab} is the tokenizer's
 * @param optimizer a file, or the name of a shipped optimizer
 * @param optimizerConstants of the optimizer, as text: {@code beta2=0.99}
 * @param data files and folders; none for the corpus that Weft ships
 * @param tokenizer {@code char}, {@code gpt2} or a folder; null for that of {@code initFrom}, or else {@code char}
 * @param batch rows of a micro-batch
 * @param evalEvery steps from one measurement of the validation loss to the next
 * @param initFrom whose parameters are the initial ones; null for those of the program
 * @param options of the steps: their number, the schedule, the seed, scalars of the loss
 */
public record TrainingRequest(
        String program,
        Map<String, String> constants,
        String optimizer,
        Map<String, String> optimizerConstants,
        List<String> data,
        @Nullable String tokenizer,
        int batch,
        long evalEvery,
        @Nullable InitFrom initFrom,
        Trainer.Options options) {

    public TrainingRequest {
        constants = Map.copyOf(constants);
        optimizerConstants = Map.copyOf(optimizerConstants);
        data = List.copyOf(data);
        if (batch < 1) {
            throw new RangeException("batch: must be at least 1, got " + batch);
        }
        if (evalEvery < 1) {
            throw new RangeException("eval-every: must be at least 1, got " + evalEvery);
        }
    }

    /** A program trained with AdamW on the corpus that Weft ships, as long as about a minute allows on two cores. */
    public static TrainingRequest of(String program) {
        return new TrainingRequest(
                program, Map.of(), "adamw", Map.of(), List.of(), null, 12, 500, null, Trainer.Options.of(1500, 2e-3));
    }

    public TrainingRequest withProgram(String nameOrFile) {
        return new TrainingRequest(
                nameOrFile,
                constants,
                optimizer,
                optimizerConstants,
                data,
                tokenizer,
                batch,
                evalEvery,
                initFrom,
                options);
    }

    public TrainingRequest withConstants(Map<String, String> values) {
        return new TrainingRequest(
                program, values, optimizer, optimizerConstants, data, tokenizer, batch, evalEvery, initFrom, options);
    }

    public TrainingRequest withOptimizer(String name, Map<String, String> values) {
        return new TrainingRequest(
                program, constants, name, values, data, tokenizer, batch, evalEvery, initFrom, options);
    }

    public TrainingRequest withData(String... paths) {
        return new TrainingRequest(
                program,
                constants,
                optimizer,
                optimizerConstants,
                List.of(paths),
                tokenizer,
                batch,
                evalEvery,
                initFrom,
                options);
    }

    public TrainingRequest withTokenizer(@Nullable String name) {
        return new TrainingRequest(
                program, constants, optimizer, optimizerConstants, data, name, batch, evalEvery, initFrom, options);
    }

    public TrainingRequest withBatch(int rows) {
        return new TrainingRequest(
                program, constants, optimizer, optimizerConstants, data, tokenizer, rows, evalEvery, initFrom, options);
    }

    public TrainingRequest withEvalEvery(long steps) {
        return new TrainingRequest(
                program, constants, optimizer, optimizerConstants, data, tokenizer, batch, steps, initFrom, options);
    }

    /** Starting from all tensors of a model, under the names that they have. */
    public TrainingRequest withInitFrom(@Nullable String model) {
        return withInitFrom(model == null ? null : InitFrom.of(model));
    }

    public TrainingRequest withInitFrom(@Nullable InitFrom from) {
        return new TrainingRequest(
                program, constants, optimizer, optimizerConstants, data, tokenizer, batch, evalEvery, from, options);
    }

    public TrainingRequest withOptions(Trainer.Options other) {
        return new TrainingRequest(
                program, constants, optimizer, optimizerConstants, data, tokenizer, batch, evalEvery, initFrom, other);
    }
}
