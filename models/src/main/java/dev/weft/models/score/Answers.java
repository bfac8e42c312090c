package dev.weft.models.score;

import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Tokens;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Asks a model one question after the other. A context that is too long loses its beginning. One thread at a time. */
final class Answers implements AutoCloseable {

    private final Scorer scorer;
    private final Tokenizer tokenizer;
    private final int context;

    private Answers(Scorer scorer, Tokenizer tokenizer, int context) {
        this.scorer = scorer;
        this.tokenizer = tokenizer;
        this.context = context;
    }

    /** @throws UserException if the program has no {@code logits} */
    static Answers open(Weft weft, LoadedModel model) {
        int context = model.program().context();
        return new Answers(Scorer.open(weft, model, context), model.tokenizer(), context);
    }

    /**
     * How a model answered.
     *
     * @param isRight whether the right choice is the likeliest, or every token of the last word was
     * @param isNormalizedRight the same for choices by the logarithm of their probability for each byte
     * @param nats of the right answer as a whole
     * @param isCut whether the context lost its beginning
     */
    record Answer(boolean isRight, boolean isNormalizedRight, double nats, boolean isCut) {}

    /** What follows a context: its probability, and whether the model would have said it by itself. */
    private record Continuation(double logProbability, boolean isGreedy, boolean isCut) {}

    /** @throws UserException if a text is not in the vocabulary, or an answer longer than the context */
    Answer ask(Task task) {
        return switch (task) {
            case Task.Choice choice -> choose(choice);
            case Task.LastWord last -> {
                Continuation word = continuation(last.context(), last.word());
                yield new Answer(word.isGreedy, word.isGreedy, -word.logProbability, word.isCut);
            }
        };
    }

    private Answer choose(Task.Choice choice) {
        double[] scores = new double[choice.choices().size()];
        double[] perByte = new double[scores.length];
        boolean isCut = false;
        for (int i = 0; i < scores.length; i++) {
            String text = choice.choices().get(i);
            Continuation continuation = continuation(choice.context(), text);
            scores[i] = continuation.logProbability;
            perByte[i] = scores[i] / text.getBytes(StandardCharsets.UTF_8).length;
            isCut |= continuation.isCut;
        }
        int right = choice.answer();
        return new Answer(greatest(scores) == right, greatest(perByte) == right, -scores[right], isCut);
    }

    /** Tokens of both together, so that a word is cut as it would be in a text; those that differ from the context's are what follows. */
    private Continuation continuation(String before, String after) {
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
        return new Continuation(sum[0], greedy[0], cut > 0);
    }

    private static int greatest(double[] values) {
        int greatest = 0;
        for (int i = 1; i < values.length; i++) {
            greatest = values[i] > values[greatest] ? i : greatest;
        }
        return greatest;
    }

    @Override
    public void close() {
        scorer.close();
    }
}
