package dev.weft.models.random;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterRandomTest {

    private final CounterRandom random = new CounterRandom(1337);

    @Test
    void theDefinitionNeverChanges() {
        // SplitMix64's published first output for seed 0 is the number of no coordinates.
        assertThat(new CounterRandom(0).bits()).isEqualTo(0xe220a8397b1dcdafL);
        assertThat(random.bits(1, 2, 3)).isEqualTo(new CounterRandom(1337).bits(1, 2, 3));
    }

    @Test
    void everyCoordinateAndItsPlaceMatter() {
        assertThat(random.bits(1, 2)).isNotEqualTo(random.bits(2, 1));
        assertThat(random.bits(0)).isNotEqualTo(random.bits(0, 0));
        assertThat(random.bits(1, 2)).isNotEqualTo(new CounterRandom(1338).bits(1, 2));
    }

    @Test
    void numbersBelowABoundAreUniform() {
        int[] count = new int[10];
        for (int i = 0; i < 100_000; i++) {
            count[(int) random.below(10, i)]++;
        }
        for (int n : count) {
            // Five standard deviations of a binomial with mean 10,000.
            assertThat(n).isBetween(9_525, 10_475);
        }
    }

    @Test
    void uniformNumbersLieInTheUnitInterval() {
        for (int i = 0; i < 1000; i++) {
            assertThat(random.uniform(i)).isGreaterThanOrEqualTo(0).isLessThan(1);
        }
    }
}
