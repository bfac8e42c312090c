package dev.weft.models.score;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.LoadedModel;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.data.Batch;
import dev.weft.models.data.Tokens;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.sample.Distribution;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Reads a text in windows and gives what the model expected at each token. One thread at a time. */
public final class Scorer implements AutoCloseable {

    private static final String ENTRY = "score";

    private final Model model;
    private final boolean cached;
    private final int length;

    private Scorer(Model model, boolean cached, int length) {
        this.model = model;
        this.cached = cached;
        this.length = length;
    }

    /**
     * Compiles what reads windows of {@code length} tokens.
     *
     * @param length at most the model's context
     * @throws UserException if the program has no {@code logits}
     */
    public static Scorer open(Weft weft, LoadedModel loaded, int length) {
        Program program = loaded.program();
        program.requireLogits();
        boolean cached = program.hasCache();
        Map<String, Long> sizes = Map.of("B", 1L, "T", (long) length);
        EntryRequest entry = EntryRequest.of(cached ? "chunk" : "window", sizes).as(ENTRY);
        Model model = weft.compile(program, entry);
        try {
            model.load(loaded.parameters());
            return new Scorer(model, cached, length);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * Scores every token but the first.
     *
     * @param stride tokens from one window to the next, at most the length of a window: that length if every token is read once; fewer
     *     give each token more to look back on, and cost more
     * @param each sees the tokens in order
     * @throws UserException if a token is outside the model's vocabulary
     */
    public void score(Tokens tokens, int stride, Consumer<TokenScore> each) {
        ValidationWindows windows = new ValidationWindows(tokens, length, stride, 1);
        for (int index = 0; index < windows.batches(); index++) {
            Batch window = windows.batch(index);
            int counted = windows.counted(index);
            int last = windows.length(index);
            Tensor logits = logits(window);
            for (int position = last - counted; position < last; position++) {
                long at = windows.start(index) + position + 1;
                each.accept(score(logits, window, position, at, tokens.weight(at)));
            }
        }
    }

    /**
     * The likeliest token at each place, whatever stands there: what greedy sampling would take if it had read the text so far.
     *
     * @param each sees the ids in order, as {@link #score} would see the tokens
     */
    public void greedy(Tokens tokens, int stride, IntConsumer each) {
        ValidationWindows windows = new ValidationWindows(tokens, length, stride, 1);
        for (int index = 0; index < windows.batches(); index++) {
            Tensor logits = logits(windows.batch(index));
            int last = windows.length(index);
            for (int position = last - windows.counted(index); position < last; position++) {
                each.accept(Distribution.likeliest(row(logits, position)));
            }
        }
    }

    private static TokenScore score(Tensor logits, Batch window, int position, long index, double weight) {
        Distribution distribution = Distribution.of(row(logits, position));
        int id = window.targets()[position];
        if (id >= distribution.size()) {
            throw new UserException("token: must be in 0..%d, the vocabulary of the model, got %d"
                    .formatted(distribution.size() - 1, id));
        }
        return new TokenScore(index, position, id, weight, distribution.rank(id), distribution);
    }

    private Tensor logits(Batch window) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("tokens", Tensor.of(window.tokens(), 1, length));
        if (cached) {
            inputs.put("at", Tensor.of(new int[] {0}));
        }
        return model.run(ENTRY, inputs).firstEntry().getValue();
    }

    /** @param position which row of the logits, {@code (1, T, vocabulary)} */
    private static float[] row(Tensor logits, int position) {
        TensorType type = logits.type();
        long bytes = type.size(type.rank() - 1) * Float.BYTES;
        MemorySegment row = logits.data().asSlice(position * bytes, bytes);
        return row.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    @Override
    public void close() {
        model.close();
    }
}
