package dev.weft.models.sample;

import dev.weft.graph.UserException;

/** What may stand in a row of logits. */
final class Logits {

    private Logits() {}

    /**
     * The id of the greatest logit, the lowest one among equals.
     *
     * @throws UserException if a logit is NaN or +inf, or all are -inf: there is no distribution then
     */
    static int greatest(float[] logits) {
        if (logits.length == 0) {
            throw new IllegalArgumentException("logits: there must be at least one");
        }
        int greatest = 0;
        for (int id = 0; id < logits.length; id++) {
            float logit = logits[id];
            if (Float.isNaN(logit) || logit == Float.POSITIVE_INFINITY) {
                throw new UserException("logits: must be finite or -inf, got " + logit + " for token " + id
                        + "; the model has diverged, or its weights are damaged");
            }
            if (logit > logits[greatest]) {
                greatest = id;
            }
        }
        if (logits[greatest] == Float.NEGATIVE_INFINITY) {
            throw new UserException(
                    "logits: at least one must be finite, got -inf for all " + logits.length + " tokens");
        }
        return greatest;
    }
}
