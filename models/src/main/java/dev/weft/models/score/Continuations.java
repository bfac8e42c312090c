package dev.weft.models.score;

import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Tokens;
import dev.weft.models.sample.Distribution;
import dev.weft.models.sample.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

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
        int lanes = Math.min(LANES, own.length);
        try (Lanes side = Lanes.open(weft, model.program(), model.parameters(), lanes)) {
            for (int first = 0; first < own.length; first += lanes) {
                side.reset();
                goOn(side, first, prefix, seed);
                progress.accept(Math.min(own.length, first + lanes));
            }
        }
    }

    /** The windows from {@code first} on; where the last are fewer than the lanes, lanes read one of them again. */
    private void goOn(Lanes side, int first, int prefix, long seed) {
        int[] last = new int[side.count()];
        for (int at = 0; at < own[first].length; at++) {
            if (at >= prefix) {
                int distance = at - prefix;
                float[] logits = side.next(last);
                for (int lane = 0; lane < last.length && first + lane < own.length; lane++) {
                    draw(side.row(logits, lane), first + lane, at, distance, seed);
                }
            } else if (at > 0) {
                side.next(last);
            }
            for (int lane = 0; lane < last.length; lane++) {
                last[lane] = own[Math.min(first + lane, own.length - 1)][at];
            }
        }
    }

    private void draw(float[] logits, int row, int at, int distance, long seed) {
        int id = AS_IT_IS.choose(logits, Sampling.uniform(seed, windows.get(row), distance));
        Distribution expected = Distribution.of(logits);
        own[row][at] = id;
        ownNats[row][distance] = -expected.logProbability(id);
        ownEntropy[row][distance] = expected.entropyBits() * NATS_A_BIT;
    }
}
