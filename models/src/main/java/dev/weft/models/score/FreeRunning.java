package dev.weft.models.score;

import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.Tokens;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * How a model does on text that it wrote itself: exposure bias. Training shows a model true text only; when it writes, it reads what it
 * wrote. Windows of a text are read up to a prefix; from there the model goes on by its own samples (temperature 1, nothing cut off), and
 * beside that it reads the true text. Two things are compared at each distance from the prefix:
 *
 * <ul>
 *   <li>The entropy of what the model expects next, behind its own text and behind the true text. A model that continues a text as its
 *       author would has the same entropy behind both; one that loses its way becomes unsure (or, in loops, too sure). At distance 1 both
 *       have read the same. (Braverman et al., "Calibration, Entropy Rates, and Memory in Language Models", 2020.)
 *   <li>The part of runs of tokens that occur elsewhere in the text: of its own text and of the true text, each without the window it
 *       belongs to. This asks the text and not the model, so it also sees a drift of which the model itself knows nothing.
 * </ul>
 *
 * The loss of the true tokens behind the model's own text is not among them: a text that went another way has no true next token.
 *
 * @param prefix tokens of each window that are given
 * @param gram tokens of a run
 * @param windows that were continued
 * @param windowsOfText that there are
 * @param each by distance from the prefix, from 1
 * @param spans the same, over distances that double
 */
public record FreeRunning(
        int prefix, int gram, int windows, int windowsOfText, List<Distance> each, List<Distance> spans) {

    /** Windows that are continued at most, spread evenly over the text. */
    private static final int MOST_WINDOWS = 1024;

    /** Runs are as short as can be, but so long that at most so many of the true ones occur elsewhere. */
    private static final double KNOWN = 0.75;

    private static final int LONGEST_GRAM = 8;

    /**
     * What was seen at some distance from the prefix, in nats a token and in parts of runs.
     *
     * @param span how far behind the prefix, from 1
     * @param truthNats the loss on the true text
     * @param ownNats the surprise at the model's own tokens: the entropy, sampled
     * @param truthEntropy behind the true text
     * @param ownEntropy behind the model's own text
     * @param drift of the entropy: own less true, window by window
     * @param truthKnown runs of the true text that occur elsewhere, from 0 to 1
     * @param ownKnown the same of the model's own text
     * @param knownDrift own less true, window by window
     */
    public record Distance(
            Span span,
            double truthNats,
            double ownNats,
            double truthEntropy,
            double ownEntropy,
            Estimate drift,
            double truthKnown,
            double ownKnown,
            Estimate knownDrift) {}

    public FreeRunning {
        each = List.copyOf(each);
        spans = List.copyOf(spans);
    }

    /**
     * Continues windows of a text, each as long as the model's context.
     *
     * @param prefix tokens of each window that are given, from 1 to less than the context
     * @param seed decides what is drawn
     * @param progress is told how many windows are done
     * @throws UserException if the program has no {@code logits}, the prefix does not fit, or the text has less than two windows
     */
    public static FreeRunning of(
            Weft weft, LoadedModel model, Corpus corpus, int prefix, long seed, LongConsumer progress) {
        int context = model.program().context();
        if (prefix < 1 || prefix >= context) {
            throw new RangeException("prefix: must be from 1 to %d, less than the context of the model, got %d"
                    .formatted(context - 1, prefix));
        }
        try (TokenizedCorpus text = TokenizedCorpus.forValidation(corpus, model.tokenizer())) {
            Tokens tokens = text.validation();
            int there = Math.toIntExact(tokens.count() / context);
            if (there < 2) {
                throw new UserException(
                        "free running: needs at least two windows of %d tokens, the context of the model, got %d tokens"
                                .formatted(context, tokens.count()));
            }
            int count = Math.min(MOST_WINDOWS, there);
            List<Integer> windows = IntStream.range(0, count)
                    .mapToObj(i -> (int) ((long) i * there / count))
                    .toList();
            Continuations made = Continuations.of(weft, model, tokens, windows, context, prefix, seed, progress);
            return of(made, grams(tokens, made, context, prefix), prefix, there);
        }
    }

    private static KnownGrams grams(Tokens tokens, Continuations made, int context, int prefix) {
        int length = 1;
        KnownGrams grams = KnownGrams.of(tokens, context, length);
        while (length < Math.min(LONGEST_GRAM, prefix + 1)
                && mean(known(grams, made.truth(), made.windows(), prefix), new Span(1, context - prefix)) > KNOWN) {
            grams = KnownGrams.of(tokens, context, ++length);
        }
        return grams;
    }

    /** 1 where the run that ends at a place behind the prefix occurs elsewhere, and 0 where it does not. */
    private static double[][] known(KnownGrams grams, int[][] rows, List<Integer> windows, int prefix) {
        double[][] known = new double[rows.length][];
        for (int row = 0; row < rows.length; row++) {
            known[row] = new double[rows[row].length - prefix];
            for (int distance = 0; distance < known[row].length; distance++) {
                known[row][distance] = grams.isKnownElsewhere(rows[row], prefix + distance, windows.get(row)) ? 1 : 0;
            }
        }
        return known;
    }

    private static FreeRunning of(Continuations made, KnownGrams grams, int prefix, int windowsOfText) {
        double[][] truthKnown = known(grams, made.truth(), made.windows(), prefix);
        double[][] ownKnown = known(grams, made.own(), made.windows(), prefix);
        int last = made.truthNats()[0].length;
        List<Distance> each = IntStream.rangeClosed(1, last)
                .mapToObj(at -> distance(new Span(at, at), made, truthKnown, ownKnown))
                .toList();
        List<Distance> spans = Span.doubling(last).stream()
                .map(span -> distance(span, made, truthKnown, ownKnown))
                .toList();
        return new FreeRunning(prefix, grams.length(), made.windows().size(), windowsOfText, each, spans);
    }

    private static Distance distance(Span span, Continuations made, double[][] truthKnown, double[][] ownKnown) {
        return new Distance(
                span,
                mean(made.truthNats(), span),
                mean(made.ownNats(), span),
                mean(made.truthEntropy(), span),
                mean(made.ownEntropy(), span),
                drift(made.truthEntropy(), made.ownEntropy(), span),
                mean(truthKnown, span),
                mean(ownKnown, span),
                drift(truthKnown, ownKnown, span));
    }

    private static double mean(double[][] rows, Span span) {
        return Estimate.of(means(rows, span)).mean();
    }

    /** Of each row. */
    private static double[] means(double[][] rows, Span span) {
        double[] means = new double[rows.length];
        for (int row = 0; row < rows.length; row++) {
            for (int at = span.from(); at <= span.to(); at++) {
                means[row] += rows[row][at - 1] / (span.to() - span.from() + 1);
            }
        }
        return means;
    }

    /** Row by row: what both have in common, the window and its beginning, makes no noise. */
    private static Estimate drift(double[][] truth, double[][] own, Span span) {
        double[] differences = means(own, span);
        double[] expected = means(truth, span);
        for (int row = 0; row < differences.length; row++) {
            differences[row] -= expected[row];
        }
        return Estimate.of(differences);
    }
}
