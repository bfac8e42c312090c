package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.probe.Measurement;
import dev.weft.models.probe.Probe;
import dev.weft.models.tensorfile.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How well a language model predicts a text. Every token but the first counts once, predicted from what its window holds before it.
 *
 * @param nats sum over all tokens, each as often as it counts
 * @param weight how much all tokens count; their number where the data say nothing else
 * @param tokens that were predicted and count
 * @param bytes of UTF-8 that they stand for
 */
public record Evaluation(double nats, double weight, long tokens, long bytes) {

    /** Rows of a batch: enough to keep a few cores busy. */
    private static final int ROWS = 8;

    /**
     * Measures a whole text, in windows of the model's context, one after the other.
     *
     * @throws UserException if the model is no language model, or the text is empty or not in its vocabulary
     */
    public static Evaluation of(Weft weft, LoadedModel model, Corpus corpus) {
        int context = Math.toIntExact(requireLanguageModel(model.program()).integer("context"));
        try (TokenizedCorpus text = TokenizedCorpus.forValidation(corpus, model.tokenizer())) {
            ValidationWindows windows = new ValidationWindows(text.validation(), context, ROWS);
            return of(weft, model.program(), model.parameters(), windows, text.validationBytes());
        }
    }

    /**
     * Measures windows of any length up to the context.
     *
     * @param bytes that the windows' targets stand for
     */
    public static Evaluation of(
            Weft weft,
            Program program,
            SequencedMap<String, Tensor> parameters,
            ValidationWindows windows,
            long bytes) {
        requireLanguageModel(program);
        var first = windows.batch(0);
        Map<String, Long> sizes = Map.of("B", (long) first.rows(), "T", (long) first.length());
        try (Model model = weft.compile(program, List.of(EntryRequest.of("evaluate", sizes)))) {
            model.load(parameters);
            double nats = 0;
            for (int index = 0; index < windows.batches(); index++) {
                nats += Model.scalar(model.run("evaluate", windows.batch(index).tensors())
                        .firstEntry()
                        .getValue());
            }
            ValidationWindows.Total total = windows.total();
            return new Evaluation(nats, total.weight(), total.targets(), bytes);
        }
    }

    /**
     * Statistics of values while the first windows of a text are measured.
     *
     * @param patterns of paths, as {@link Probe#of} takes them
     */
    public static List<Measurement> probe(Weft weft, LoadedModel model, Corpus corpus, List<String> patterns) {
        int context = Math.toIntExact(requireLanguageModel(model.program()).integer("context"));
        try (TokenizedCorpus text = TokenizedCorpus.forValidation(corpus, model.tokenizer())) {
            var first = new ValidationWindows(text.validation(), context, ROWS).batch(0);
            Map<String, Long> sizes = Map.of("B", (long) first.rows(), "T", (long) first.length());
            try (Model compiled = weft.compile(model.program(), List.of(EntryRequest.of("evaluate", sizes)));
                    Probe probe = probe(weft, compiled, model, patterns)) {
                return probe.run(first.tensors());
            }
        }
    }

    private static Probe probe(Weft weft, Model compiled, LoadedModel model, List<String> patterns) {
        compiled.load(model.parameters());
        return Probe.of(weft, compiled, "evaluate", patterns);
    }

    private static Program requireLanguageModel(Program program) {
        if (!program.isLanguageModel()) {
            throw new UserException(
                    "%s: must be a language model to be measured on text: a loss of tokens, targets and weight; it has loss%s"
                            .formatted(program.name(), program.parameters("loss")));
        }
        return program;
    }

    /** Mean loss in natural-log units; 0 for a model that is always right. */
    public double natsPerToken() {
        return nats / weight;
    }

    /** Mean loss in bits. */
    public double bitsPerToken() {
        return natsPerToken() / Math.log(2);
    }

    /** e to the mean loss in nats: as if each token were chosen among so many that are equally likely. */
    public double perplexity() {
        return Math.exp(natsPerToken());
    }

    /** Bits for each byte of the text, which does not depend on the tokenizer; NaN where the bytes are not known. */
    public double bitsPerByte() {
        return nats / Math.log(2) / bytes;
    }
}
