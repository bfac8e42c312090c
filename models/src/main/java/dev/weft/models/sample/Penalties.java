package dev.weft.models.sample;

import dev.weft.graph.RangeException;

/**
 * What makes a token less likely because it was there before. The logit of each token of the prompt or the text made so far is divided by
 * {@code repetition} if it is positive and multiplied by it otherwise; then that of each token made so far is lowered by {@code presence},
 * and by {@code frequency} for each time that it was made.
 *
 * @param repetition positive; 1 for none
 * @param presence in nats; 0 for none
 * @param frequency in nats; 0 for none
 */
public record Penalties(double repetition, double presence, double frequency) {

    public static final Penalties NONE = new Penalties(1, 0, 0);

    public Penalties {
        if (!(repetition > 0) || Double.isInfinite(repetition)) {
            throw new RangeException("repetition penalty: must be a positive number, got " + repetition);
        }
        if (!Double.isFinite(presence)) {
            throw new RangeException("presence penalty: must be a number, got " + presence);
        }
        if (!Double.isFinite(frequency)) {
            throw new RangeException("frequency penalty: must be a number, got " + frequency);
        }
    }

    /** The logits after these; the same array where nothing changes. */
    public float[] apply(float[] logits, History history) {
        if (equals(NONE)) {
            return logits;
        }
        float[] lowered = logits.clone();
        for (int id : history.tokens()) {
            double logit = lowered[id];
            lowered[id] = (float) (logit > 0 ? logit / repetition : logit * repetition);
        }
        history.made().forEach((id, times) -> lowered[id] -= (float) (presence + frequency * times));
        return lowered;
    }
}
