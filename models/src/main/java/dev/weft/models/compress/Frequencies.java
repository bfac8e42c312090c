package dev.weft.models.compress;

import dev.weft.graph.UserException;

/**
 * Logits as integer frequencies, the same from the same logits on every machine: {@link StrictMath} alone, and sums in the order of ids.
 * Every token has a frequency of at least 1, so that everything can be coded. One row at a time.
 */
final class Frequencies {

    /** About what they sum up to: at 2³⁰, rounding costs a vocabulary of 50,257 some 10⁻⁴ bits a token. */
    private static final double SCALE = 1L << 30;

    /** Below this, in nats under the likeliest, a token has frequency 1 in any case. */
    private static final double NEGLIGIBLE = -25;

    private final double[] weights;
    /** Sum of the frequencies before each token, and that of all. */
    private final long[] before;

    Frequencies(int vocabulary) {
        weights = new double[vocabulary];
        before = new long[vocabulary + 1];
    }

    /**
     * Takes the logits from {@code first} on.
     *
     * @throws UserException if a logit is NaN or +inf, or all are -inf
     */
    void set(float[] logits, int first) {
        int vocabulary = weights.length;
        double max = Double.NEGATIVE_INFINITY;
        for (int id = 0; id < vocabulary; id++) {
            float logit = logits[first + id];
            if (!(logit < Float.POSITIVE_INFINITY)) {
                throw new UserException("logits: must be finite or -inf, got " + logit + " for token " + id
                        + "; the model has diverged, or its weights are damaged");
            }
            max = Math.max(max, logit);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            throw new UserException("logits: at least one must be finite, got -inf for all " + vocabulary + " tokens");
        }
        double sum = 0;
        for (int id = 0; id < vocabulary; id++) {
            double nats = logits[first + id] - max;
            weights[id] = nats < NEGLIGIBLE ? 0 : StrictMath.exp(nats);
            sum += weights[id];
        }
        double scale = (SCALE - vocabulary) / sum;
        for (int id = 0; id < vocabulary; id++) {
            before[id + 1] = before[id] + 1 + (long) (weights[id] * scale);
        }
    }

    long total() {
        return before[weights.length];
    }

    /** Sum of the frequencies of the tokens before {@code id}. */
    long before(int id) {
        return before[id];
    }

    /** At least 1. */
    long frequency(int id) {
        return before[id + 1] - before[id];
    }

    /** The token whose frequencies hold the number {@code target}, from 0 to below {@link #total}. */
    int find(long target) {
        int low = 0;
        int high = weights.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (before[middle] <= target) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The bits that the model itself gives the token, before rounding to frequencies. */
    double bits(int id) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return weights[id] > 0 ? Math.log(sum / weights[id]) / Math.log(2) : Math.log(total()) / Math.log(2);
    }
}
