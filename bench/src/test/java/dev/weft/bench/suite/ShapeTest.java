package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What is counted for the limit. */
class ShapeTest {

    @Test
    void gpt2MultipliesEachTokenWithItsMatricesAndItsHead() {
        assertThat(Shape.gpt2().products()).isEqualTo(12 * 12 * 768.0 * 768 + 50257 * 768.0);
    }

    @Test
    void aStepIsThreeTimesForwardAndCountsWhatTheMaskShows() {
        // 6 · 123.5 million weights · 256 tokens, and 12 layers · 4 sequences · 2,080 pairs · 768 · 4 · 3.
        assertThat(Shape.gpt2().trainingFlops(4, 64)).isCloseTo(189.74e9 + 0.92e9, within(0.05e9));
    }

    @Test
    void llamaOfGpt2sSizeHasAsManyWeightsInItsNetwork() {
        double attention = 2 * 768.0 * 768 + 2 * 768.0 * 256;
        assertThat(Shape.llamaOfGpt2().products()).isEqualTo(12 * (attention + 8 * 768.0 * 768) + 50257 * 768.0);
    }

    @Test
    void prefillNeedsTheHeadOnce() {
        Shape shape = Shape.gpt(1, 1, 2, 8, 10);
        // 12 · 2² weights of two tokens, three pairs in two products of width 2, and the head.
        assertThat(shape.prefillFlops(1, 2)).isEqualTo(2 * (2 * 48 + 2 * 2 * 3) + 2 * 20);
    }
}
