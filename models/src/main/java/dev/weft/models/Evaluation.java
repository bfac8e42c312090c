package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.data.Batch;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.TokenizedCorpus.TextLength;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.probe.Measurement;
import dev.weft.models.probe.Probe;
import dev.weft.models.score.Confidence;
import dev.weft.models.tensorfile.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.DoubleStream;

/**
 * How well a language model predicts a text. Every token but the first counts once, predicted from what its window holds before it.
 *
 * @param nats sum over all tokens, each as often as it counts
 * @param weight how much all tokens count; their number where the data say nothing else
 * @param tokens that were predicted and count
 * @param length what they stand for
 * @param stride tokens from one window to the next
 * @param standardError of the mean loss, in nats: how much it would vary from text to text of this kind, by how much it varies from batch
 *     to batch of windows; NaN where there are fewer than two batches
 */
public record Evaluation(double nats, double weight, long tokens, TextLength length, int stride, double standardError) {

    /** Rows of a batch: enough to keep a few cores busy. */
    private static final int ROWS = 8;

    /**
     * Measures a whole text, in windows of the model's context, one after the other.
     *
     * @throws UserException if the model is no language model, or the text is empty or not in its vocabulary
     */
    public static Evaluation of(Weft weft, LoadedModel model, Corpus corpus) {
        return of(weft, model, corpus, context(model));
    }

    /**
     * As above, in windows that begin {@code stride} tokens behind one another and may overlap.
     *
     * @param stride from 1 to the model's context
     */
    public static Evaluation of(Weft weft, LoadedModel model, Corpus corpus, int stride) {
        int context = context(model);
        if (stride < 1 || stride > context) {
            throw new RangeException(
                    "stride: must be from 1 to %d, the context of the model, got %d".formatted(context, stride));
        }
        try (TokenizedCorpus text = TokenizedCorpus.forValidation(corpus, model.tokenizer())) {
            ValidationWindows windows = new ValidationWindows(text.validation(), context, stride, ROWS);
            return of(weft, model.program(), model.parameters(), windows, text.validationLength());
        }
    }

    private static int context(LoadedModel model) {
        return requireLanguageModel(model.program()).context();
    }

    /**
     * Measures windows of any length up to the context.
     *
     * @param length what the windows' targets stand for
     */
    public static Evaluation of(
            Weft weft,
            Program program,
            SequencedMap<String, Tensor> parameters,
            ValidationWindows windows,
            TextLength length) {
        requireLanguageModel(program);
        Batch first = windows.batch(0);
        Map<String, Long> sizes = Map.of("B", (long) first.rows(), "T", (long) first.length());
        try (Model model = weft.compile(program, List.of(EntryRequest.of("evaluate", sizes)))) {
            model.load(parameters);
            double[] nats = new double[windows.batches()];
            double[] weights = new double[nats.length];
            for (int index = 0; index < nats.length; index++) {
                Batch batch = windows.batch(index);
                nats[index] = Model.scalar(
                        model.run("evaluate", batch.tensors()).firstEntry().getValue());
                weights[index] = batch.totalWeight();
            }
            ValidationWindows.Total total = windows.total();
            return new Evaluation(
                    DoubleStream.of(nats).sum(),
                    total.weight(),
                    total.targets(),
                    length,
                    windows.stride(),
                    standardError(nats, weights));
        }
    }

    /** Of a ratio of two sums, by how their terms vary together. */
    private static double standardError(double[] nats, double[] weights) {
        int count = nats.length;
        if (count < 2) {
            return Double.NaN;
        }
        double weight = DoubleStream.of(weights).sum();
        double mean = DoubleStream.of(nats).sum() / weight;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double residual = nats[i] - mean * weights[i];
            squares += residual * residual;
        }
        return Math.sqrt(squares * count / (count - 1)) / weight;
    }

    /**
     * Statistics of values while the first windows of a text are measured.
     *
     * @param patterns of paths, as {@link Probe#of} takes them
     */
    public static List<Measurement> probe(Weft weft, LoadedModel model, Corpus corpus, List<String> patterns) {
        int context = requireLanguageModel(model.program()).context();
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
        return nats / Math.log(2) / length.bytes();
    }

    /** Bits for each character (code point) of the text. */
    public double bitsPerCharacter() {
        return nats / Math.log(2) / length.characters();
    }

    /** Half of a 95 % confidence interval of {@link #natsPerToken}; NaN where it is not known. */
    public double confidence() {
        return Confidence.half(standardError);
    }
}
