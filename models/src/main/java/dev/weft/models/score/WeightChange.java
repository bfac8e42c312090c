package dev.weft.models.score;

import dev.weft.graph.pass.weights.WeightType;
import dev.weft.models.Evaluation;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.Tokens;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * What a model loses of its predictions when its weights are held in fewer bits: both read one text, each token predicted from those of the
 * text before it.
 *
 * @param before with weights in f32
 * @param after with the others
 * @param agreeing places at which both find the same token likeliest
 * @param tokens all places
 */
public record WeightChange(Evaluation before, Evaluation after, long agreeing, long tokens) {

    /**
     * Reads a text with both.
     *
     * @param weft has the weights of {@code after}
     * @param after what it measured of the text
     * @param progress told of tokens
     */
    public static WeightChange of(Weft weft, LoadedModel model, Corpus corpus, Evaluation after, IntConsumer progress) {
        Weft exact = weft.withWeights(WeightType.F32);
        Evaluation before = Evaluation.of(exact, model, corpus, after.stride());
        try (TokenizedCorpus text = TokenizedCorpus.forValidation(corpus, model.tokenizer())) {
            Tokens tokens = text.validation();
            int[] expected = greedy(exact, model, tokens, after.stride(), progress);
            int[] got = greedy(weft, model, tokens, after.stride(), progress);
            long agreeing = 0;
            for (int i = 0; i < expected.length; i++) {
                agreeing += expected[i] == got[i] ? 1 : 0;
            }
            return new WeightChange(before, after, agreeing, expected.length);
        }
    }

    private static int[] greedy(Weft weft, LoadedModel model, Tokens tokens, int stride, IntConsumer progress) {
        int length = (int) Math.min(model.program().context(), tokens.count() - 1);
        int[] ids = new int[Math.toIntExact(tokens.count() - 1)];
        int[] count = new int[1];
        try (Scorer scorer = Scorer.open(weft, model, length)) {
            scorer.greedy(tokens, Math.min(stride, length), id -> {
                ids[count[0]++] = id;
                progress.accept(count[0]);
            });
        }
        return Arrays.copyOf(ids, count[0]);
    }

    /** What a token costs more, in nats; less than 0 if it costs less. */
    public double nats() {
        return after.natsPerToken() - before.natsPerToken();
    }

    /** The share of places at which both agree. */
    public double agreement() {
        return (double) agreeing / tokens;
    }
}
