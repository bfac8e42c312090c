package dev.weft.models.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.graph.UserException;
import org.junit.jupiter.api.Test;

class DistributionTest {

    private static final float NONE = Float.NEGATIVE_INFINITY;

    @Test
    void theSoftmaxOfLogitsSumsToOne() {
        Distribution d = Distribution.of(new float[] {1, 2, 3, NONE});
        double z = Math.exp(1) + Math.exp(2) + Math.exp(3);
        assertThat(d.probability(2)).isCloseTo(Math.exp(3) / z, within(1e-15));
        assertThat(d.probability(3)).isZero();
        assertThat(d.logProbability(0)).isCloseTo(1 - Math.log(z), within(1e-15));
    }

    @Test
    void hugeLogitsDoNotOverflow() {
        Distribution d = Distribution.of(new float[] {3e38f, -3e38f});
        assertThat(d.probability(0)).isOne();
        assertThat(d.logProbability(1)).isLessThan(-1e38);
    }

    @Test
    void entropyIsInBits() {
        assertThat(Distribution.of(new float[8]).entropyBits()).isCloseTo(3, within(1e-12));
        assertThat(Distribution.of(new float[] {0, NONE}).entropyBits()).isZero();
    }

    @Test
    void topIsOrderedAndTiesGoToLowerIds() {
        Distribution d = Distribution.of(new float[] {1, 3, 2, 3, 0});
        assertThat(d.top(3)).extracting(Distribution.Choice::id).containsExactly(1, 3, 2);
        assertThat(d.top(99)).extracting(Distribution.Choice::id).containsExactly(1, 3, 2, 0, 4);
        assertThat(d.top(0)).isEmpty();
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        assertThatThrownBy(() -> Distribution.of(new float[] {0, Float.NaN}))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("got NaN for token 1");
        assertThatThrownBy(() -> Distribution.of(new float[] {NONE, NONE}))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("at least one must be finite");
    }
}
