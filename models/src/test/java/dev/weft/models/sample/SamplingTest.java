package dev.weft.models.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.graph.UserException;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingTest {

    /** Probabilities 0.1, 0.4, 0.2, 0.3. */
    private static final float[] LOGITS = logits(0.1, 0.4, 0.2, 0.3);

    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return logits;
    }

    /** Shares of the tokens when {@code uniform} runs evenly through [0, 1). */
    private static double[] shares(Sampling sampling, float[] logits) {
        int rounds = 10_000;
        double[] shares = new double[logits.length];
        for (int i = 0; i < rounds; i++) {
            shares[sampling.choose(logits, (i + 0.5) / rounds)] += 1.0 / rounds;
        }
        return shares;
    }

    @Test
    void greedyTakesTheLikeliestAndTheLowerIdAmongEquals() {
        assertThat(Sampling.GREEDY.choose(LOGITS, 0.999)).isEqualTo(1);
        assertThat(Sampling.GREEDY.choose(new float[] {1, 5, 5}, 0.5)).isEqualTo(1);
    }

    @Test
    void temperatureOneDrawsTheModelsDistribution() {
        assertThat(shares(new Sampling(1, 0, 1, 0), LOGITS))
                .containsExactly(new double[] {0.1, 0.4, 0.2, 0.3}, within(2e-4));
    }

    @Test
    void aLowTemperatureSharpens() {
        // p^2, normalized by 0.30.
        double[] expected = {0.01 / 0.3, 0.16 / 0.3, 0.04 / 0.3, 0.09 / 0.3};
        assertThat(shares(new Sampling(0.5, 0, 1, 0), LOGITS)).containsExactly(expected, within(2e-4));
    }

    @Test
    void topKKeepsTheLikeliest() {
        assertThat(shares(new Sampling(1, 2, 1, 0), LOGITS))
                .containsExactly(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, within(2e-4));
        assertThat(shares(new Sampling(1, 9, 1, 0), LOGITS)[0]).isCloseTo(0.1, within(2e-4));
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        assertThat(shares(new Sampling(1, 0, 0.69, 0), LOGITS))
                .containsExactly(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, within(2e-4));
        assertThat(shares(new Sampling(1, 0, 0.71, 0), LOGITS)[2]).isGreaterThan(0);
        assertThat(shares(new Sampling(1, 0, 1e-9, 0), LOGITS)[1]).isCloseTo(1, within(1e-9));
    }

    @Test
    void minPIsRelativeToTheLikeliest() {
        assertThat(shares(new Sampling(1, 0, 1, 0.6), LOGITS))
                .containsExactly(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, within(2e-4));
    }

    @Test
    void topPAgreesWithSortingEverything() {
        long seed = 3;
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            float[] logits = new float[50];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = (float) (4 * random.nextGaussian());
            }
            double topP = 0.01 + 0.98 * random.nextDouble();
            TreeSet<Integer> expected = new TreeSet<>();
            double mass = 0;
            for (Distribution.Choice choice : Distribution.of(logits).top(50)) {
                if (mass < topP) {
                    expected.add(choice.id());
                }
                mass += choice.probability();
            }
            TreeSet<Integer> seen = new TreeSet<>();
            Sampling sampling = new Sampling(1, 0, topP, 0);
            for (int i = 0; i < 5000; i++) {
                seen.add(sampling.choose(logits, (i + 0.5) / 5000));
            }
            assertThat(expected)
                    .as("seed %d, round %d, top-p %s", seed, round, topP)
                    .containsAll(seen);
        }
    }

    @Test
    void equalSeedsGiveEqualNumbers() {
        assertThat(Sampling.uniform(1, 0, 5)).isEqualTo(Sampling.uniform(1, 0, 5));
        assertThat(Sampling.uniform(1, 0, 5)).isNotEqualTo(Sampling.uniform(1, 0, 6));
        assertThat(Sampling.uniform(1, 0, 5)).isNotEqualTo(Sampling.uniform(1, 1, 5));
        assertThat(Sampling.uniform(1, 0, 5)).isNotEqualTo(Sampling.uniform(2, 0, 5));
    }

    @Test
    void optionsOutsideTheirRangeAreRefused() {
        refused(() -> new Sampling(-1, 0, 1, 0), "temperature");
        refused(() -> new Sampling(Double.NaN, 0, 1, 0), "temperature");
        refused(() -> new Sampling(1, -1, 1, 0), "top-k");
        refused(() -> new Sampling(1, 0, 0, 0), "top-p");
        refused(() -> new Sampling(1, 0, 1, 1.5), "min-p");
    }

    private static void refused(Runnable creation, String option) {
        assertThatThrownBy(creation::run).isInstanceOf(UserException.class).hasMessageStartingWith(option);
    }

    @Test
    void topKKeepsAsManyAsItSaysHoweverTheyLie() {
        Random random = new Random(29);
        for (int round = 0; round < 300; round++) {
            float[] logits = new float[1 + random.nextInt(600)];
            for (int id = 0; id < logits.length; id++) {
                logits[id] = random.nextInt(40) - 20;
            }
            int topK = 1 + random.nextInt(logits.length);
            List<Integer> kept = IntStream.range(0, logits.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(id -> -logits[id]))
                    .limit(topK)
                    .toList();
            double uniform = random.nextDouble();

            Sampling sampling = new Sampling(5, topK, 1, 0);
            Drawn drawn = sampling.explain(logits, new History(), uniform);
            assertThat(drawn.removed().getFirst().tokens())
                    .as("seed 29, round %d", round)
                    .isEqualTo(logits.length - topK);
            assertThat(kept).contains(drawn.id());
            assertThat(sampling.choose(logits, uniform)).isEqualTo(drawn.id());
        }
    }

    private static Sampling typical(double typicalP) {
        return new Sampling(1, 0, typicalP, 1, 0, Penalties.NONE);
    }

    @Test
    void typicalKeepsWhatSurprisesAsMuchAsIsExpected() {
        // Entropy 1.280 nats; surprises 2.303, 0.916, 1.609, 1.204: the order of their distances is 3, 2, 1, 0.
        assertThat(shares(typical(0.29), LOGITS)).containsExactly(new double[] {0, 0, 0, 1}, within(2e-4));
        assertThat(shares(typical(0.49), LOGITS)).containsExactly(new double[] {0, 0, 0.4, 0.6}, within(2e-4));
        assertThat(shares(typical(0.89), LOGITS))
                .containsExactly(new double[] {0, 4 / 9.0, 2 / 9.0, 3 / 9.0}, within(2e-4));
    }

    @Test
    void penaltiesLowerWhatWasThere() {
        History history = new History(1);
        history.add(3);
        history.add(3);

        float[] repetition = new Penalties(2, 0, 0).apply(new float[] {1, 1, -1, -1}, history);
        assertThat(repetition).containsExactly(1, 0.5f, -1, -2);
        float[] made = new Penalties(1, 0.5, 0.25).apply(new float[] {1, 1, 1, 1}, history);
        assertThat(made).containsExactly(1, 1, 1, 0);
        float[] same = {1, 2};
        assertThat(Penalties.NONE.apply(same, history)).isSameAs(same);
    }

    @Test
    void explainingDrawsTheSameAndSaysWhatEachFilterTook() {
        Sampling sampling = new Sampling(1, 3, 1, 0.7, 0.8, Penalties.NONE);
        for (double uniform = 0; uniform < 1; uniform += 0.01) {
            Drawn drawn = sampling.explain(LOGITS, new History(), uniform);
            assertThat(drawn.id()).isEqualTo(sampling.choose(LOGITS, uniform));
            // top-k leaves 0.4, 0.3, 0.2; top-p of these 0.4 and 0.3; min-p 0.4 alone, for 0.3 is less than 0.8 of it.
            assertThat(drawn.removed())
                    .extracting(Drawn.Removed::filter)
                    .containsExactly("top-k", "typical-p", "top-p", "min-p");
            assertThat(drawn.removed()).extracting(Drawn.Removed::tokens).containsExactly(1, 0, 1, 1);
            assertThat(drawn.removed().get(0).mass()).isCloseTo(0.1, within(1e-6));
            assertThat(drawn.removed().get(3).mass()).isCloseTo(0.3, within(1e-6));
            assertThat(drawn.rank()).isEqualTo(1);
            assertThat(drawn.share()).isEqualTo(1);
        }
    }

    @Test
    void penaltiesAndTypicalOutOfRangeAreRefused() {
        refused(() -> new Penalties(0, 0, 0), "repetition penalty");
        refused(() -> new Penalties(1, Double.NaN, 0), "presence penalty");
        refused(() -> new Penalties(1, 0, Double.POSITIVE_INFINITY), "frequency penalty");
        refused(() -> typical(0), "typical-p");
    }
}
