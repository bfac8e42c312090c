package dev.weft.models.sample;

import dev.weft.graph.UserException;
import dev.weft.models.random.CounterRandom;
import java.util.Arrays;

/**
 * How a token is chosen. Logits are divided by the temperature; then only the {@code topK} likeliest tokens stay, of these
 * the fewest that together have {@code topP} of their probability, and of these the ones that have at least {@code minP} of
 * the likeliest one's; one of them is drawn in proportion. Among equal logits the lower id counts as likelier.
 *
 * @param temperature 0 (always the likeliest token) or more; 1 leaves the model's distribution as it is
 * @param topK        0 for all
 * @param topP        above 0, at most 1; 1 for all
 * @param minP        from 0 to 1; 0 for all
 */
public record Sampling(double temperature, int topK, double topP, double minP) {

    /** Sets these numbers apart from other uses of the same seed. */
    private static final long STREAM = 0x73616d706c650000L;

    /** Always the likeliest token. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

    public Sampling {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new UserException("temperature: must be 0 or a positive number, got " + temperature);
        }
        if (topK < 0) {
            throw new UserException("top-k: must be 0 (all) or a positive number, got " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new UserException("top-p: must be above 0 and at most 1, got " + topP);
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new UserException("min-p: must be from 0 to 1, got " + minP);
        }
    }

    /** The number that decides {@link #choose} at {@code position} of sample {@code sample}: equal seeds, equal texts. */
    public static double uniform(long seed, long sample, long position) {
        return new CounterRandom(seed).uniform(STREAM, sample, position);
    }

    /**
     * A token.
     *
     * @param logits  of one position, {@code (vocabulary)}
     * @param uniform from [0, 1)
     * @throws UserException if a logit is NaN or +inf, or all are -inf
     */
    public int choose(float[] logits, double uniform) {
        int greatest = Logits.greatest(logits);
        if (temperature == 0) {
            return greatest;
        }
        double[] weights = new double[logits.length];
        for (int id = 0; id < weights.length; id++) {
            weights[id] = Math.exp((logits[id] - (double) logits[greatest]) / temperature);
        }
        keepTopK(logits, weights);
        keepTopP(logits, weights);
        for (int id = 0; id < weights.length; id++) {
            // The likeliest token weighs 1.
            weights[id] = weights[id] < minP ? 0 : weights[id];
        }
        return draw(weights, uniform, greatest);
    }

    private void keepTopK(float[] logits, double[] weights) {
        if (topK == 0 || topK >= weights.length) {
            return;
        }
        long[] order = order(logits, weights, 0);
        for (int place = topK; place < order.length; place++) {
            weights[(int) order[place]] = 0;
        }
    }

    private void keepTopP(float[] logits, double[] weights) {
        if (topP == 1) {
            return;
        }
        double total = sum(weights);
        // Tokens below this have less than 1 - topP together, so none of them is needed: only the others are sorted.
        double least = (1 - topP) * total / weights.length;
        long[] order = order(logits, weights, least);
        double mass = 0;
        int kept = 0;
        while (kept < order.length && (kept == 0 || mass < topP * total)) {
            mass += weights[(int) order[kept++]];
        }
        boolean[] keep = new boolean[weights.length];
        for (int place = 0; place < kept; place++) {
            keep[(int) order[place]] = true;
        }
        for (int id = 0; id < weights.length; id++) {
            weights[id] = keep[id] ? weights[id] : 0;
        }
    }

    /** Ids of the tokens that weigh at least {@code least}, the likeliest first, in the low 32 bits; the high ones order. */
    private static long[] order(float[] logits, double[] weights, double least) {
        long[] keys = new long[weights.length];
        int count = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] >= least) {
                keys[count++] = (long) descending(logits[id]) << 32 | id;
            }
        }
        keys = Arrays.copyOf(keys, count);
        Arrays.sort(keys);
        for (int place = 0; place < count; place++) {
            keys[place] &= 0xffff_ffffL;
        }
        return keys;
    }

    /** An int that is the smaller the greater the (not NaN) float is. */
    private static int descending(float value) {
        // Adding +0 makes -0 the same number.
        int bits = Float.floatToRawIntBits(value + 0f);
        return ~(bits ^ (bits >> 31 & 0x7fff_ffff));
    }

    private static int draw(double[] weights, double uniform, int likeliest) {
        double target = uniform * sum(weights);
        double passed = 0;
        for (int id = 0; id < weights.length; id++) {
            passed += weights[id];
            if (passed > target) {
                return id;
            }
        }
        // Only if uniform was rounded up to the whole.
        return likeliest;
    }

    private static double sum(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return sum;
    }
}
