package dev.weft.models.score;

import dev.weft.models.sample.Distribution;

/**
 * How a model expected one token of a text.
 *
 * @param index of the token in the text, from 1: the first is not predicted
 * @param position in its window, from 0: how many tokens before the last one the model has seen
 * @param id of the token
 * @param weight how much it counts
 * @param rank 1 for the likeliest token; lower ids first among equals
 * @param distribution what the model expected there; valid as long as wanted
 */
public record TokenScore(long index, int position, int id, double weight, int rank, Distribution distribution) {

    /** In nats, never positive. */
    public double logProbability() {
        return distribution.logProbability(id);
    }

    /** In bits: what the token costs an ideal code. */
    public double surprise() {
        return -logProbability() / Math.log(2);
    }
}
