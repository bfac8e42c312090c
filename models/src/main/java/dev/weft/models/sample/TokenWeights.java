package dev.weft.models.sample;

import java.util.Arrays;

/**
 * What each token of a position weighs: a row among those of other positions, which is not copied. Compares by identity of the array.
 *
 * @param all of all rows, {@code exp((logit - greatest) / temperature)}
 * @param from where the row begins
 * @param count tokens of a row
 */
public record TokenWeights(float[] all, int from, int count) {

    static TokenWeights of(float[] row) {
        return new TokenWeights(row, 0, row.length);
    }

    /** A copy of the row. */
    float[] row() {
        return Arrays.copyOfRange(all, from, from + count);
    }
}
