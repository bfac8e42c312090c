package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.sample.Distribution;
import dev.weft.models.sample.Drawn;
import dev.weft.models.sample.History;
import dev.weft.models.sample.Penalties;
import dev.weft.models.sample.Sampling;
import dev.weft.models.sample.TokenWeights;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Draws the tokens that follow what a reader has read. Exponentials of a whole vocabulary, for every row, are work for the backend:
 * {@code sampling.weft} gives the weights, and is compiled when they are first wanted, which they are not for the likeliest token. One
 * thread at a time.
 */
final class TokenDraw implements AutoCloseable {

    private static final String WEIGHTS = "weights";

    private final Weft weft;
    private final TokenReader reader;

    private final float[] greatest;
    private final float[] total;
    /** What each token weighs, {@code (rows, vocabulary)}; empty before that is wanted. */
    private float[] weights = {};

    private @Nullable Model model;

    TokenDraw(Weft weft, TokenReader reader) {
        this.weft = weft;
        this.reader = reader;
        this.greatest = new float[reader.rows()];
        this.total = new float[reader.rows()];
    }

    /**
     * A row that wants a token.
     *
     * @param row of the reader
     * @param history what penalties look back on
     * @param uniform from [0, 1)
     */
    record Wish(int row, History history, double uniform) {}

    /**
     * A token for each wish.
     *
     * @throws dev.weft.graph.UserException if a logit is NaN or +inf, or all of a row are -inf
     */
    List<Token> draw(List<Wish> wishes, Sampling sampling, Detail detail) {
        boolean isLikeliest = sampling.temperature() == 0;
        boolean isLowered = !sampling.penalties().equals(Penalties.NONE);
        double[] logTotals = {};
        if (detail == Detail.PROBABILITY && (isLikeliest || isLowered)) {
            logTotals = weigh(wishes, reader.logits(), 1, greatest, total);
        }
        if (!isLikeliest) {
            weights = weights.length > 0 ? weights : new float[Math.multiplyExact(reader.rows(), reader.vocabulary())];
            MemorySegment logits = isLowered ? lowered(wishes, sampling.penalties()) : reader.logits();
            double[] behind = weigh(wishes, logits, sampling.temperature(), greatest, total, weights);
            logTotals = isLowered ? logTotals : behind;
        }
        double[] known = logTotals;
        return weft.helpers().map(wishes, wish -> token(wish, sampling, detail, known));
    }

    /** The logits behind penalties; of rows that want nothing, as they are. */
    private MemorySegment lowered(List<Wish> wishes, Penalties penalties) {
        MemorySegment own = reader.logits();
        MemorySegment lowered = Arena.ofAuto().allocate(own.byteSize(), 64).copyFrom(own);
        long bytes = (long) reader.vocabulary() * Float.BYTES;
        for (Wish wish : wishes) {
            float[] row = penalties.apply(reader.logits(wish.row()), wish.history());
            MemorySegment.copy(row, 0, lowered, ValueLayout.JAVA_FLOAT, wish.row() * bytes, row.length);
        }
        return lowered;
    }

    /**
     * @param to where the outputs of the entry go
     * @return the logarithm of the softmax's denominator of each row
     */
    private double[] weigh(List<Wish> wishes, MemorySegment logits, double temperature, float[]... to) {
        TensorType type = TensorType.of(ElementType.F32, reader.rows(), reader.vocabulary());
        Map<String, Tensor> inputs = Map.of("logits", new Tensor(type, logits), "temperature", Tensor.of(new float[] {
            Math.max((float) temperature, Float.MIN_NORMAL)
        }));
        model().run(
                        WEIGHTS,
                        inputs,
                        Arrays.stream(to).map(MemorySegment::ofArray).toArray(MemorySegment[]::new));
        for (Wish wish : wishes) {
            if (!Float.isFinite(total[wish.row()])) {
                // Which says of what logit.
                Distribution.likeliest(reader.logits(wish.row()));
            }
        }
        double[] logTotals = new double[reader.rows()];
        Arrays.setAll(logTotals, row -> greatest[row] + Math.log(total[row]));
        return logTotals;
    }

    private Model model() {
        if (model == null) {
            Map<String, Long> sizes = Map.of("B", (long) reader.rows(), "V", (long) reader.vocabulary());
            model = weft.shipped("sampling", EntryRequest.of(WEIGHTS, sizes));
        }
        return model;
    }

    private Token token(Wish wish, Sampling sampling, Detail detail, double[] logTotals) {
        if (detail == Detail.REASONS) {
            Drawn drawn = reasons(wish, sampling);
            return new Token(drawn.id(), OptionalDouble.of(drawn.logProbability()), Optional.of(drawn));
        }
        int id = sampling.temperature() == 0
                ? sampling.choose(reader.logits(wish.row()), wish.history(), wish.uniform())
                : sampling.choose(() -> lowered(wish, sampling), weights(wish), wish.uniform());
        OptionalDouble logProbability = detail == Detail.PROBABILITY
                ? OptionalDouble.of(reader.logit(wish.row(), id) - logTotals[wish.row()])
                : OptionalDouble.empty();
        return new Token(id, logProbability, Optional.empty());
    }

    private Drawn reasons(Wish wish, Sampling sampling) {
        float[] logits = reader.logits(wish.row());
        return sampling.temperature() == 0
                ? sampling.explain(logits, wish.history(), wish.uniform())
                : sampling.explain(logits, lowered(wish, sampling), weights(wish), wish.uniform());
    }

    private float[] lowered(Wish wish, Sampling sampling) {
        return sampling.penalties().apply(reader.logits(wish.row()), wish.history());
    }

    private TokenWeights weights(Wish wish) {
        return new TokenWeights(weights, wish.row() * reader.vocabulary(), reader.vocabulary());
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }
}
