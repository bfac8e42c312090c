package dev.weft.models.score;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.data.Tokens;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownGramsTest {

    @Test
    void aRunIsKnownIfAnotherWindowHasIt() {
        // Windows of four: 1 2 3 1 | 2 5 5 5 | 9 9
        KnownGrams pairs = KnownGrams.of(Tokens.of(1, 2, 3, 1, 2, 5, 5, 5, 9, 9), 4, 2);

        assertThat(pairs.isKnownElsewhere(new int[] {1, 2}, 1, 0)).isTrue();
        assertThat(pairs.isKnownElsewhere(new int[] {1, 2}, 1, 1)).isTrue();
        assertThat(pairs.isKnownElsewhere(new int[] {2, 3}, 1, 0)).isFalse();
        assertThat(pairs.isKnownElsewhere(new int[] {2, 3}, 1, 1)).isTrue();
        assertThat(pairs.isKnownElsewhere(new int[] {5, 5}, 1, 1)).isFalse();
        assertThat(pairs.isKnownElsewhere(new int[] {7, 5, 5}, 2, 0)).isTrue();
        assertThat(pairs.isKnownElsewhere(new int[] {3, 2}, 1, 1)).isFalse();
        assertThat(pairs.isKnownElsewhere(new int[] {9, 9}, 1, 0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void runsAreFoundAsBySearchingTheText(int length) {
        long seed = 40L + length;
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        int[] text = random.ints(700, 0, 5).toArray();
        KnownGrams grams = KnownGrams.of(Tokens.of(text), 10, length);
        for (int i = 0; i < 300; i++) {
            int[] run = random.ints(length, 0, 5).toArray();
            int window = random.nextInt(70);
            assertThat(grams.isKnownElsewhere(run, length - 1, window))
                    .as("run %d of seed %d", i, seed)
                    .isEqualTo(isElsewhere(text, run, window));
        }
    }

    private static boolean isElsewhere(int[] text, int[] run, int window) {
        for (int last = run.length - 1; last < text.length; last++) {
            boolean equal = Arrays.equals(text, last - run.length + 1, last + 1, run, 0, run.length);
            if (equal && last / 10 != window) {
                return true;
            }
        }
        return false;
    }
}
