package dev.weft.models.score;

import dev.weft.dsl.EntryRequest;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Several texts that a model reads side by side, a token of each at a time, always by the same entries of the same shapes: what it
 * expects next has the same bits whenever the same tokens were read. When the context is full, its older half is dropped and the rest is
 * read again. One thread at a time.
 */
public final class Lanes implements AutoCloseable {

    private static final String STEP = "step";
    private static final String AGAIN = "again";

    private final Model model;
    private final int count;
    private final int context;
    private final boolean cached;
    private final int vocabulary;
    /** What each lane has read, {@code (count, context)}. */
    private final int[][] read;

    private int length;

    private Lanes(Model model, int count, int context, boolean cached) {
        this.model = model;
        this.count = count;
        this.context = context;
        this.cached = cached;
        var logits = model.outputType(STEP, 0);
        this.vocabulary = Math.toIntExact(logits.size(logits.rank() - 1));
        this.read = new int[count][context];
    }

    /**
     * Compiles what reads {@code count} texts.
     *
     * @throws dev.weft.graph.UserException if the program has no {@code logits}
     */
    public static Lanes open(Weft weft, Program program, SequencedMap<String, Tensor> parameters, int count) {
        program.requireLogits();
        int context = program.context();
        boolean cached = program.hasCache();
        List<EntryRequest> entries = new ArrayList<>();
        if (cached) {
            entries.add(entry("next", count, 1).as(STEP));
            if (context > 1) {
                entries.add(entry("next", count, kept(context)).as(AGAIN));
            }
        } else {
            entries.add(entry("window", count, context).as(STEP));
        }
        Model model = weft.compile(program, entries);
        try {
            model.load(parameters);
            return new Lanes(model, count, context, cached);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static EntryRequest entry(String name, int rows, int length) {
        return EntryRequest.of(name, Map.of("B", (long) rows, "T", (long) length));
    }

    /** Tokens that are read again when the context is full. */
    private static int kept(int context) {
        return Math.max(1, context / 2);
    }

    /** Texts that are read. */
    public int count() {
        return count;
    }

    /** Forgets what was read. */
    public void reset() {
        length = 0;
    }

    /** Tokens that the model tells apart. */
    public int vocabulary() {
        return vocabulary;
    }

    /**
     * Reads a token of each lane.
     *
     * @param tokens {@code (count)}
     * @return the logits of the tokens after them, {@code (count, vocabulary)}
     */
    public float[] next(int[] tokens) {
        if (length == context) {
            dropOlder();
        }
        for (int lane = 0; lane < count; lane++) {
            read[lane][length] = tokens[lane];
        }
        length++;
        return cached ? run(STEP, length - 1, length) : window();
    }

    private void dropOlder() {
        int keep = context > 1 ? kept(context) : 0;
        for (int[] lane : read) {
            System.arraycopy(lane, context - keep, lane, 0, keep);
        }
        length = keep;
        if (cached && keep > 0) {
            run(AGAIN, 0, keep);
        }
    }

    /** @param from the first position that is read */
    private float[] run(String entry, int from, int to) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("tokens", tokens(from, to));
        inputs.put("at", Tensor.of(new int[] {from}));
        return model.run(entry, inputs).firstEntry().getValue().toFloats();
    }

    private Tensor tokens(int from, int to) {
        int[] all = new int[count * (to - from)];
        for (int lane = 0; lane < count; lane++) {
            System.arraycopy(read[lane], from, all, lane * (to - from), to - from);
        }
        return Tensor.of(all, count, to - from);
    }

    /** The whole window anew, filled up behind with what causal models do not look at. */
    private float[] window() {
        for (int[] lane : read) {
            Arrays.fill(lane, length, context, 0);
        }
        float[] all = model.run(STEP, Map.of("tokens", tokens(0, context)))
                .firstEntry()
                .getValue()
                .toFloats();
        float[] last = new float[count * vocabulary];
        for (int lane = 0; lane < count; lane++) {
            System.arraycopy(all, (lane * context + length - 1) * vocabulary, last, lane * vocabulary, vocabulary);
        }
        return last;
    }

    @Override
    public void close() {
        model.close();
    }
}
