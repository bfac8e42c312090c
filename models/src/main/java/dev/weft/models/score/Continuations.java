package dev.weft.models.score;

import dev.weft.models.BatchGenerator;
import dev.weft.models.BatchGenerator.Order;
import dev.weft.models.BatchGenerator.Text;
import dev.weft.models.Detail;
import dev.weft.models.LoadedModel;
import dev.weft.models.Overflow;
import dev.weft.models.Weft;
import dev.weft.models.data.Tokens;
import dev.weft.models.sample.Drawn;
import dev.weft.models.sample.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Windows of a text, each ended twice: as the text goes on, and as the model itself does.
 *
 * @param windows which windows of the text, by number
 * @param truth their tokens, {@code (windows, length)}
 * @param own the same beginnings with the model's own ends
 * @param truthNats what each true token behind the beginning cost, {@code (windows, length - prefix)}
 * @param truthEntropy what it was expected to cost, in nats
 * @param ownNats the same for the model's own tokens
 * @param ownEntropy the same for the model's own tokens
 */
record Continuations(
        List<Integer> windows,
        int[][] truth,
        int[][] own,
        double[][] truthNats,
        double[][] truthEntropy,
        double[][] ownNats,
        double[][] ownEntropy) {

    /** Windows that are continued side by side. */
    private static final int LANES = 16;

    /** The model's own distribution as it is. */
    private static final Sampling AS_IT_IS = new Sampling(1, 0, 1, 0);

    private static final double NATS_A_BIT = Math.log(2);

    /**
     * @param windows windows of the text, by number
     * @param length tokens of a window, at most the model's context
     * @param prefix tokens of it that are given, at least 1
     */
    static Continuations of(
            Weft weft,
            LoadedModel model,
            Tokens tokens,
            List<Integer> windows,
            int length,
            int prefix,
            long seed,
            LongConsumer progress) {
        int[] ids = tokens.toArray();
        int[][] truth = windows.stream()
                .map(window -> Arrays.copyOfRange(ids, window * length, (window + 1) * length))
                .toArray(int[][]::new);
        int count = truth.length;
        int end = length - prefix;
        Continuations made = new Continuations(
                windows,
                truth,
                Arrays.stream(truth).map(int[]::clone).toArray(int[][]::new),
                new double[count][end],
                new double[count][end],
                new double[count][end],
                new double[count][end]);
        made.readTruth(weft, model, length, prefix);
        made.goOn(weft, model, prefix, seed, progress);
        return made;
    }

    private void readTruth(Weft weft, LoadedModel model, int length, int prefix) {
        try (Scorer scorer = Scorer.open(weft, model, length - 1)) {
            for (int row = 0; row < truth.length; row++) {
                int at = row;
                scorer.score(Tokens.of(truth[row]), length - 1, score -> {
                    int distance = (int) score.index() - prefix;
                    if (distance >= 0) {
                        truthNats[at][distance] = -score.logProbability();
                        truthEntropy[at][distance] = score.distribution().entropyBits() * NATS_A_BIT;
                    }
                });
            }
        }
    }

    private void goOn(Weft weft, LoadedModel model, int prefix, long seed, LongConsumer progress) {
        List<Text> texts = IntStream.range(0, own.length)
                .mapToObj(row -> new Text(Arrays.copyOf(own[row], prefix), windows.get(row)))
                .toList();
        int end = own[0].length - prefix;
        int[] made = new int[own.length];
        AtomicLong done = new AtomicLong();
        int lanes = Math.min(LANES, own.length);
        try (BatchGenerator generator = BatchGenerator.open(weft, model.program(), model.parameters(), lanes)) {
            Order order = new Order(end, AS_IT_IS, seed, Overflow.REFUSE, Detail.REASONS);
            generator.generate(texts, order, (row, token) -> {
                int distance = made[row]++;
                Drawn drawn = token.reasons().orElseThrow();
                own[row][prefix + distance] = token.id();
                ownNats[row][distance] = -drawn.logProbability();
                ownEntropy[row][distance] = drawn.entropyBits() * NATS_A_BIT;
                if (made[row] == end) {
                    progress.accept(done.incrementAndGet());
                }
                return true;
            });
        }
    }
}
