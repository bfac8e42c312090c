package dev.weft.models.score;

import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.random.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * How well a model answers by how many answered questions it has seen before the one that is asked: learning in context. The examples of a
 * question are other questions of the same file, drawn by chance, with an empty line behind each; more examples are the same ones and
 * further ones, so that every number of examples asks the same questions.
 *
 * @param shots by the number of examples, from 0
 */
public record ExampleLoss(List<Shots> shots) {

    /** Sets these numbers apart from other uses of the same seed. */
    private static final long STREAM = 0x6578616d706c6573L;

    private static final String BETWEEN = "\n\n";

    /**
     * All questions, each behind so many examples.
     *
     * @param examples before each question
     * @param nats of a right answer as a whole
     * @param saved nats of a right answer that the examples save, question by question
     * @param accuracy the part that was right
     * @param normalizedAccuracy the same for choices by their probability for each byte
     * @param cut questions whose examples were too long for the context and lost their beginning
     */
    public record Shots(
            int examples, Estimate nats, Estimate saved, Estimate accuracy, Estimate normalizedAccuracy, int cut) {}

    public ExampleLoss {
        shots = List.copyOf(shots);
    }

    /**
     * Asks every question behind 0, 1 and up to {@code most} examples.
     *
     * @param seed decides which examples
     * @param progress is told how many questions were asked
     * @throws UserException if there are not enough questions, the program has no {@code logits}, or a text is not in the vocabulary
     */
    public static ExampleLoss of(
            Weft weft, LoadedModel model, List<? extends Task> tasks, int most, long seed, LongConsumer progress) {
        if (most < 1 || most >= tasks.size()) {
            throw new RangeException(
                    "shots: must be from 1 to less than the number of questions, for the others are the examples; got %d of %d questions"
                            .formatted(most, tasks.size()));
        }
        List<Shots> shots = new ArrayList<>();
        List<Answers.Answer> alone = List.of();
        long[] done = {0};
        try (Answers answers = Answers.open(weft, model)) {
            for (int count = 0; count <= most; count++) {
                int examples = count;
                List<Answers.Answer> all = IntStream.range(0, tasks.size())
                        .mapToObj(item -> {
                            Answers.Answer answer =
                                    answers.ask(tasks.get(item).after(examples(tasks, item, examples, seed)));
                            progress.accept(++done[0]);
                            return answer;
                        })
                        .toList();
                alone = count == 0 ? all : alone;
                shots.add(shots(count, all, alone));
            }
        }
        return new ExampleLoss(shots);
    }

    /** The first {@code count} of the other questions in an order of chance that belongs to this one. */
    private static String examples(List<? extends Task> tasks, int item, int count, long seed) {
        int[] others =
                IntStream.range(0, tasks.size()).filter(other -> other != item).toArray();
        CounterRandom random = new CounterRandom(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int drawn = i + (int) random.below(others.length - i, STREAM, item, i);
            int other = others[drawn];
            others[drawn] = others[i];
            text.append(tasks.get(other).example()).append(BETWEEN);
        }
        return text.toString();
    }

    private static Shots shots(int count, List<Answers.Answer> all, List<Answers.Answer> alone) {
        double[] saved = IntStream.range(0, all.size())
                .mapToDouble(i -> alone.get(i).nats() - all.get(i).nats())
                .toArray();
        return new Shots(
                count,
                Estimate.of(all.stream().mapToDouble(Answers.Answer::nats).toArray()),
                Estimate.of(saved),
                Estimate.of(all.stream()
                        .mapToDouble(answer -> answer.isRight() ? 1 : 0)
                        .toArray()),
                Estimate.of(all.stream()
                        .mapToDouble(answer -> answer.isNormalizedRight() ? 1 : 0)
                        .toArray()),
                (int) all.stream().filter(Answers.Answer::isCut).count());
    }
}
