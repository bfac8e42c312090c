package dev.weft.models.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeCoderTest {

    /** Frequencies that a random row of logits has, some of them as uneven as can be. */
    private static Frequencies frequencies(RandomGenerator random, int vocabulary) {
        float[] logits = new float[vocabulary];
        double scale = Math.pow(10, random.nextDouble(-2, 3));
        for (int id = 0; id < vocabulary; id++) {
            logits[id] = (float) (random.nextGaussian() * scale);
        }
        logits[random.nextInt(vocabulary)] = random.nextBoolean() ? Float.NEGATIVE_INFINITY : 1e30f;
        logits[0] = 0;
        Frequencies frequencies = new Frequencies(vocabulary);
        frequencies.set(logits, 0);
        return frequencies;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 65, 50_257})
    void whatWasCodedIsReadAgainInAsManyBitsAsItHas(int vocabulary) {
        long seed = 17L + vocabulary;
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        int count = vocabulary > 1000 ? 60 : 3000;
        Frequencies[] rows = new Frequencies[count];
        int[] tokens = new int[count];
        RangeEncoder encoder = new RangeEncoder();
        double bits = 0;
        for (int i = 0; i < count; i++) {
            rows[i] = frequencies(random, vocabulary);
            // Half of them as the model expects, half whatever comes.
            tokens[i] =
                    random.nextBoolean() ? rows[i].find(random.nextLong(rows[i].total())) : random.nextInt(vocabulary);
            encoder.encode(rows[i].before(tokens[i]), rows[i].frequency(tokens[i]), rows[i].total());
            bits -= Math.log((double) rows[i].frequency(tokens[i]) / rows[i].total()) / Math.log(2);
        }
        byte[] code = encoder.finish();

        RangeDecoder decoder = new RangeDecoder(code);
        for (int i = 0; i < count; i++) {
            int token = rows[i].find(decoder.target(rows[i].total()));
            decoder.take(rows[i].before(token), rows[i].frequency(token));
            assertThat(token).as("token %d, seed %d", i, seed).isEqualTo(tokens[i]);
        }
        assertThat(8.0 * code.length).isBetween(bits - 1, bits * 1.0001 + 16);
    }

    /** A symbol that is nearly certain leaves bytes 0xff to be carried through. */
    @Test
    void carriesRunThroughFullBytes() {
        for (int rare = 0; rare < 40; rare++) {
            RangeEncoder encoder = new RangeEncoder();
            long total = RangeEncoder.MOST_TOTAL;
            for (int i = 0; i < 40; i++) {
                // The last of all symbols, again and again, and one other.
                encoder.encode(i == rare ? 0 : total - 1, 1, total);
            }
            RangeDecoder decoder = new RangeDecoder(encoder.finish());
            for (int i = 0; i < 40; i++) {
                long target = decoder.target(total);
                assertThat(target).as("symbol %d of %d", i, rare).isEqualTo(i == rare ? 0 : total - 1);
                decoder.take(target, 1);
            }
        }
    }

    @Test
    void everyTokenHasAFrequencyAndTheSumIsWhatTheyAre() {
        float[] logits = {0, -1000, Float.NEGATIVE_INFINITY, 3, 3};
        Frequencies frequencies = new Frequencies(logits.length);
        frequencies.set(logits, 0);

        long sum = 0;
        for (int id = 0; id < logits.length; id++) {
            assertThat(frequencies.before(id)).isEqualTo(sum);
            assertThat(frequencies.frequency(id)).isPositive();
            sum += frequencies.frequency(id);
        }
        assertThat(frequencies.total()).isEqualTo(sum).isBetween((1L << 30) - 10, 1L << 30);
        assertThat(frequencies.frequency(3)).isEqualTo(frequencies.frequency(4));
        assertThat((double) frequencies.frequency(3) / frequencies.frequency(0))
                .isCloseTo(Math.exp(3), org.assertj.core.data.Percentage.withPercentage(1e-4));
    }
}
