package dev.weft.models.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class EstimateTest {

    @Test
    void anIntervalIsAlmostTwoStandardErrors() {
        Estimate estimate = Estimate.of(new double[] {1, 2, 3, 4});
        // The variance is 5/3, the error of the mean sqrt(5/12).
        assertThat(estimate.mean()).isEqualTo(2.5);
        assertThat(estimate.confidence()).isCloseTo(1.959964 * Math.sqrt(5.0 / 12), within(1e-12));
        assertThat(Estimate.of(new double[] {7}).confidence()).isNaN();
    }

    @Test
    void nineteenOfTwentyIntervalsHoldTheTruth() {
        long seed = 11;
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        int holds = 0;
        for (int i = 0; i < 2000; i++) {
            Estimate estimate = Estimate.of(random.doubles(60).toArray());
            holds += Math.abs(estimate.mean() - 0.5) <= estimate.confidence() ? 1 : 0;
        }
        assertThat(holds).as("of 2000, seed %d", seed).isBetween(1850, 1945);
    }

    @Test
    void spansDoubleAndLeaveNothingOut() {
        assertThat(Span.doubling(11))
                .isEqualTo(List.of(new Span(1, 1), new Span(2, 2), new Span(3, 4), new Span(5, 8), new Span(9, 11)));
        assertThat(Span.doubling(1)).containsExactly(new Span(1, 1));
        assertThat(Span.doubling(4)).extracting(Span::words).containsExactly("1", "2", "3 to 4");
    }
}
