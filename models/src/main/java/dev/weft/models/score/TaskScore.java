package dev.weft.models.score;

import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * How a model does on tasks.
 *
 * @param items how many there were
 * @param right choices whose likeliest is the right one, or last words of which every token was the likeliest
 * @param normalizedRight the same for choices by the logarithm of their probability for each byte; {@code right} for last words
 * @param nats of all right answers, each as a whole
 * @param cut items whose context was too long and lost its beginning
 */
public record TaskScore(int items, int right, int normalizedRight, double nats, int cut) {

    /**
     * Asks a model. A context that is too long loses its beginning.
     *
     * @param progress is told how many tasks are done
     * @throws dev.weft.graph.UserException if the program has no {@code logits}, or a text is not in the vocabulary or longer than the
     *     context
     */
    public static TaskScore of(Weft weft, LoadedModel model, List<? extends Task> tasks, LongConsumer progress) {
        int right = 0;
        int normalized = 0;
        double nats = 0;
        int cut = 0;
        long done = 0;
        try (Answers answers = Answers.open(weft, model)) {
            for (Task task : tasks) {
                Answers.Answer answer = answers.ask(task);
                right += answer.isRight() ? 1 : 0;
                normalized += answer.isNormalizedRight() ? 1 : 0;
                nats += answer.nats();
                cut += answer.isCut() ? 1 : 0;
                progress.accept(++done);
            }
        }
        return new TaskScore(tasks.size(), right, normalized, nats, cut);
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
