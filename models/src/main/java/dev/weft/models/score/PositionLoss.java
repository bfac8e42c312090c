package dev.weft.models.score;

import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.Tokens;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a model predicts tokens by how many it has seen before them: what a context is worth.
 *
 * @param nats of all tokens at each position of a window, from 0, each as often as it counts
 * @param weights how much the tokens at each position count
 */
public record PositionLoss(List<Double> nats, List<Double> weights) {

    /**
     * Positions that are looked at together.
     *
     * @param seen how many tokens were seen before, at least 1
     * @param weight how much their tokens count
     * @param natsPerToken mean loss
     */
    public record Range(Span seen, double weight, double natsPerToken) {}

    public PositionLoss {
        nats = List.copyOf(nats);
        weights = List.copyOf(weights);
    }

    /**
     * Reads a text in windows of the model's context, one after the other.
     *
     * @throws dev.weft.graph.UserException if the program has no {@code logits}, or the text is not in its vocabulary
     */
    public static PositionLoss of(Weft weft, LoadedModel model, Corpus corpus) {
        int context = model.program().context();
        try (TokenizedCorpus text = TokenizedCorpus.forValidation(corpus, model.tokenizer())) {
            Tokens tokens = text.validation();
            int length = (int) Math.min(context, tokens.count() - 1);
            double[] nats = new double[length];
            double[] weights = new double[length];
            try (Scorer scorer = Scorer.open(weft, model, length)) {
                scorer.score(tokens, length, score -> {
                    nats[score.position()] -= score.weight() * score.logProbability();
                    weights[score.position()] += score.weight();
                });
            }
            return new PositionLoss(list(nats), list(weights));
        }
    }

    private static List<Double> list(double[] values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return list;
    }

    /** Ranges that double: 1, 2, 3 to 4, 5 to 8 and so on, without those in which nothing counts. */
    public List<Range> doubling() {
        List<Range> ranges = new ArrayList<>();
        for (Span span : Span.doubling(nats.size())) {
            double sum = sum(nats, span.from() - 1, span.to());
            double weight = sum(weights, span.from() - 1, span.to());
            if (weight > 0) {
                ranges.add(new Range(span, weight, sum / weight));
            }
        }
        return ranges;
    }

    private static double sum(List<Double> values, int from, int to) {
        return values.subList(from, to).stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }
}
