package dev.weft.models.score;

import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Tokens;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * How a model does on tasks.
 *
 * @param items how many there were
 * @param right choices whose likeliest is the right one, or last words of which every token was the likeliest
 * @param normalizedRight the same for choices by the logarithm of their probability for each byte; {@code right} for last words
 * @param nats of all right answers, each as a whole
 */
public record TaskScore(int items, int right, int normalizedRight, double nats) {

    /** What follows a context: its probability, and whether the model would have said it by itself. */
    private record Continuation(double logProbability, boolean isGreedy) {}

    /**
     * Asks a model. A context that is too long loses its beginning.
     *
     * @param progress is told how many tasks are done
     * @throws UserException if the program has no {@code logits}, or a text is not in the vocabulary or longer than the context
     */
    public static TaskScore of(Weft weft, LoadedModel model, List<? extends Task> tasks, LongConsumer progress) {
        int context = Math.toIntExact(model.program().integer("context"));
        Tokenizer tokenizer = model.tokenizer();
        int right = 0;
        int normalized = 0;
        double nats = 0;
        long done = 0;
        try (Scorer scorer = Scorer.open(weft, model, context)) {
            for (Task task : tasks) {
                switch (task) {
                    case Task.Choice choice -> {
                        double[] scores = new double[choice.choices().size()];
                        double[] perByte = new double[scores.length];
                        for (int i = 0; i < scores.length; i++) {
                            String text = choice.choices().get(i);
                            scores[i] = continuation(scorer, tokenizer, context, choice.context(), text).logProbability;
                            perByte[i] = scores[i] / text.getBytes(StandardCharsets.UTF_8).length;
                        }
                        right += greatest(scores) == choice.answer() ? 1 : 0;
                        normalized += greatest(perByte) == choice.answer() ? 1 : 0;
                        nats -= scores[choice.answer()];
                    }
                    case Task.LastWord last -> {
                        Continuation word = continuation(scorer, tokenizer, context, last.context(), last.word());
                        right += word.isGreedy ? 1 : 0;
                        normalized += word.isGreedy ? 1 : 0;
                        nats -= word.logProbability;
                    }
                }
                progress.accept(++done);
            }
        }
        return new TaskScore(tasks.size(), right, normalized, nats);
    }

    /** Tokens of both together, so that a word is cut as it would be in a text; those that differ from the context's are what follows. */
    private static Continuation continuation(
            Scorer scorer, Tokenizer tokenizer, int context, String before, String after) {
        int[] start = tokenizer.encode(before);
        int[] whole = tokenizer.encode(before + after);
        int common = Arrays.mismatch(start, whole);
        int from = common < 0 ? whole.length : Math.max(1, common);
        if (whole.length < 2 || from >= whole.length) {
            throw new UserException("task: a context and what follows must have a token each, got \"%s\" and \"%s\""
                    .formatted(before, after));
        }
        if (whole.length - from > context) {
            throw new UserException(
                    "task: what follows must be at most %d tokens long, the context of the model, got %d"
                            .formatted(context, whole.length - from));
        }
        int cut = Math.max(0, whole.length - context - 1);
        int[] read = Arrays.copyOfRange(whole, cut, whole.length);
        double[] sum = {0};
        boolean[] greedy = {true};
        scorer.score(Tokens.of(read), context, score -> {
            if (score.index() + cut >= from) {
                sum[0] += score.logProbability();
                greedy[0] &= score.rank() == 1;
            }
        });
        return new Continuation(sum[0], greedy[0]);
    }

    private static int greatest(double[] values) {
        int greatest = 0;
        for (int i = 1; i < values.length; i++) {
            greatest = values[i] > values[greatest] ? i : greatest;
        }
        return greatest;
    }

    /** The part that was right. */
    public double accuracy() {
        return (double) right / items;
    }

    /** As {@link #accuracy}, by the probability for each byte. */
    public double normalizedAccuracy() {
        return (double) normalizedRight / items;
    }

    /** Half of a 95 % confidence interval of {@link #accuracy}, for items that are drawn by chance. */
    public double confidence() {
        return Confidence.half(Math.sqrt(accuracy() * (1 - accuracy()) / items));
    }
}
