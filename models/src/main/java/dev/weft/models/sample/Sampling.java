package dev.weft.models.sample;

import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.random.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * How a token is chosen, in this order. Penalties lower logits of tokens that were there before; logits are divided by the temperature;
 * then only the {@code topK} likeliest tokens stay, of these those whose surprise is nearest to what is expected, as few as together have
 * {@code typicalP} of their probability, of these the fewest likeliest that together have {@code topP} of theirs, and of these the ones
 * that have at least {@code minP} of the likeliest one's; one of them is drawn in proportion. Among equal logits the lower id counts as
 * likelier.
 *
 * @param temperature 0 (always the likeliest token) or more; 1 leaves the model's distribution as it is
 * @param topK        0 for all
 * @param typicalP    above 0, at most 1; 1 for all
 * @param topP        above 0, at most 1; 1 for all
 * @param minP        from 0 to 1; 0 for all
 */
public record Sampling(double temperature, int topK, double typicalP, double topP, double minP, Penalties penalties) {

    /** Sets these numbers apart from other uses of the same seed. */
    private static final long STREAM = 0x73616d706c650000L;

    /** Always the likeliest token. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

    public Sampling {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new RangeException("temperature: must be 0 or a positive number, got " + temperature);
        }
        if (topK < 0) {
            throw new RangeException("top-k: must be 0 (all) or a positive number, got " + topK);
        }
        if (!(typicalP > 0 && typicalP <= 1)) {
            throw new RangeException("typical-p: must be above 0 and at most 1, got " + typicalP);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new RangeException("top-p: must be above 0 and at most 1, got " + topP);
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new RangeException("min-p: must be from 0 to 1, got " + minP);
        }
    }

    /** Without typical sampling and penalties. */
    public Sampling(double temperature, int topK, double topP, double minP) {
        this(temperature, topK, 1, topP, minP, Penalties.NONE);
    }

    /** The number that decides {@link #choose} at {@code position} of sample {@code sample}: equal seeds, equal texts. */
    public static double uniform(long seed, long sample, long position) {
        return new CounterRandom(seed).uniform(STREAM, sample, position);
    }

    /** As below, for a text of which nothing is there yet. */
    public int choose(float[] logits, double uniform) {
        return choose(logits, new History(), uniform);
    }

    /**
     * A token.
     *
     * @param logits  of one position, {@code (vocabulary)}
     * @param history what penalties look back on
     * @param uniform from [0, 1)
     * @throws UserException if a logit is NaN or +inf, or all are -inf
     */
    public int choose(float[] logits, History history, double uniform) {
        float[] lowered = penalties.apply(logits, history);
        int greatest = Logits.greatest(lowered);
        return temperature == 0
                ? greatest
                : choose(() -> lowered, TokenWeights.of(weights(lowered, greatest)), uniform);
    }

    /**
     * As above, of weights that are there already.
     *
     * @param lowered logits behind penalties; asked for only if a filter is on
     * @param weights of these, at the temperature
     */
    public int choose(Supplier<float[]> lowered, TokenWeights weights, double uniform) {
        if (!isFiltered()) {
            return new Draw(weights).token(uniform);
        }
        float[] logits = lowered.get();
        float[] kept = weights.row();
        for (Filter filter : Filter.values()) {
            keep(filter, logits, kept);
        }
        return new Draw(kept).token(uniform);
    }

    private boolean isFiltered() {
        return topK > 0 || typicalP < 1 || topP < 1 || minP > 0;
    }

    /** The token that {@link #choose(float[], History, double)} gives, and what each filter did. */
    public Drawn explain(float[] logits, History history, double uniform) {
        float[] lowered = penalties.apply(logits, history);
        int greatest = Logits.greatest(lowered);
        return temperature == 0
                ? drawn(greatest, logits, 1, List.of())
                : explain(logits, lowered, TokenWeights.of(weights(lowered, greatest)), uniform);
    }

    /**
     * The token that {@link #choose(Supplier, TokenWeights, double)} gives, and what each filter did.
     *
     * @param logits the model's own
     */
    public Drawn explain(float[] logits, float[] lowered, TokenWeights weights, double uniform) {
        List<Drawn.Removed> removed = new ArrayList<>();
        float[] kept = weights.row();
        double total = new Draw(kept).total();
        for (Filter filter : Filter.values()) {
            double before = new Draw(kept).total();
            int stood = count(kept);
            keep(filter, lowered, kept);
            double mass = (before - new Draw(kept).total()) / total;
            removed.add(new Drawn.Removed(filter.title, mass, stood - count(kept)));
        }
        Draw draw = new Draw(kept);
        int id = draw.token(uniform);
        return drawn(id, logits, kept[id] / draw.total(), removed);
    }

    private static Drawn drawn(int id, float[] logits, double share, List<Drawn.Removed> removed) {
        Distribution own = Distribution.of(logits);
        return new Drawn(id, own.rank(id), own.logProbability(id), own.entropyBits(), share, removed);
    }

    /** What makes weights zero, in the order in which it does. */
    private enum Filter {
        TOP_K("top-k"),
        TYPICAL("typical-p"),
        TOP_P("top-p"),
        MIN_P("min-p");

        private final String title;

        Filter(String title) {
            this.title = title;
        }
    }

    private void keep(Filter filter, float[] logits, float[] weights) {
        switch (filter) {
            case TOP_K -> keepTopK(logits, weights);
            case TYPICAL -> keepTypical(weights);
            case TOP_P -> keepTopP(logits, weights);
            case MIN_P -> keepMinP(weights);
        }
    }

    /** That of the likeliest token is 1. */
    private float[] weights(float[] logits, int greatest) {
        float[] weights = new float[logits.length];
        for (int id = 0; id < weights.length; id++) {
            weights[id] = (float) Math.exp((logits[id] - (double) logits[greatest]) / temperature);
        }
        return weights;
    }

    private static int count(float[] weights) {
        int count = 0;
        for (float weight : weights) {
            count += weight > 0 ? 1 : 0;
        }
        return count;
    }

    private void keepMinP(float[] weights) {
        if (minP == 0) {
            return;
        }
        float most = 0;
        for (float weight : weights) {
            most = Math.max(most, weight);
        }
        for (int id = 0; id < weights.length; id++) {
            weights[id] = weights[id] < minP * most ? 0 : weights[id];
        }
    }

    /** Of tokens that surprise as much as is expected: Meister et al., "Locally typical sampling", 2023. */
    private void keepTypical(float[] weights) {
        if (typicalP == 1) {
            return;
        }
        double total = new Draw(weights).total();
        double entropy = 0;
        for (float weight : weights) {
            entropy -= weight > 0 ? weight / total * Math.log(weight / total) : 0;
        }
        double expected = entropy;
        Comparator<Integer> mostTypicalFirst =
                Comparator.comparingDouble(id -> Math.abs(-Math.log(weights[id] / total) - expected));
        List<Integer> order = IntStream.range(0, weights.length)
                .filter(id -> weights[id] > 0)
                .boxed()
                .sorted(mostTypicalFirst)
                .toList();
        double mass = 0;
        int kept = 0;
        for (; kept < order.size() && (kept == 0 || mass < typicalP * total); kept++) {
            mass += weights[order.get(kept)];
        }
        order.subList(kept, order.size()).forEach(id -> weights[id] = 0);
    }

    private void keepTopK(float[] logits, float[] weights) {
        if (topK == 0 || topK >= weights.length) {
            return;
        }
        // Twice as many as are wanted: when there is no more room, the better half stays.
        long[] best = new long[2 * Math.min(topK, weights.length)];
        int count = 0;
        long bound = Long.MAX_VALUE;
        for (int id = 0; id < weights.length; id++) {
            long key = key(logits[id], id);
            if (key < bound) {
                best[count++] = key;
            }
            if (count == best.length) {
                Arrays.sort(best);
                count = topK;
                bound = best[topK - 1];
            }
        }
        Arrays.sort(best, 0, count);
        keepOnly(best, Math.min(topK, count), weights);
    }

    /** @param keys of tokens; those of the first {@code count} stay */
    private static void keepOnly(long[] keys, int count, float[] weights) {
        float[] kept = new float[count];
        for (int place = 0; place < count; place++) {
            kept[place] = weights[(int) keys[place]];
        }
        Arrays.fill(weights, 0);
        for (int place = 0; place < count; place++) {
            weights[(int) keys[place]] = kept[place];
        }
    }

    private void keepTopP(float[] logits, float[] weights) {
        if (topP == 1) {
            return;
        }
        double total = new Draw(weights).total();
        // Tokens below this have less than 1 - topP together, so none of them is needed: only the others are sorted.
        double least = (1 - topP) * total / weights.length;
        long[] order = order(logits, weights, least);
        double mass = 0;
        int kept = 0;
        while (kept < order.length && (kept == 0 || mass < topP * total)) {
            mass += weights[(int) order[kept++]];
        }
        keepOnly(order, kept, weights);
    }

    /** Keys of the tokens that weigh at least {@code least}, the likeliest first. */
    private static long[] order(float[] logits, float[] weights, double least) {
        long[] keys = new long[weights.length];
        int count = 0;
        for (int id = 0; id < weights.length; id++) {
            if (weights[id] >= least && weights[id] > 0) {
                keys[count++] = key(logits[id], id);
            }
        }
        keys = Arrays.copyOf(keys, count);
        Arrays.sort(keys);
        return keys;
    }

    /** Orders tokens, the likeliest first; its low 32 bits are the id. */
    private static long key(float logit, int id) {
        return (long) descending(logit) << 32 | id;
    }

    /** An int that is the smaller the greater the (not NaN) float is. */
    private static int descending(float value) {
        // Adding +0 makes -0 the same number.
        int bits = Float.floatToRawIntBits(value + 0f);
        return ~(bits ^ (bits >> 31 & 0x7fff_ffff));
    }
}
