package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Reads texts of equal length side by side, as rows of one batch, and knows what is looked back on. With a cache, tokens are read in
 * chunks of a few compiled lengths and each is read once; without one, every token reads the window again. When the context is full, the
 * older half of every row is dropped and the rest is read again.
 */
final class TokenReader implements AutoCloseable {

    private final Model model;
    private final int context;
    private final int vocabulary;
    private final boolean cached;
    /** Lengths of the chunks, the longest first. */
    private final List<Integer> chunks;
    /** What each row looks back on, {@code (rows, context)}, of which {@link #length} are there and {@link #read} in the cache. */
    private final int[][] tokens;

    private int length;
    private int read;

    /** What the last run gave, {@code (rows, vocabulary)} with a cache and {@code (rows, context, vocabulary)} without. */
    private final MemorySegment logits;

    private TokenReader(Model model, int rows, int context, boolean cached, List<Integer> chunks) {
        this.model = model;
        this.context = context;
        this.cached = cached;
        this.chunks = chunks;
        this.tokens = new int[rows][context];
        TensorType type = model.outputType(entry(chunks.getFirst()), 0);
        this.vocabulary = Math.toIntExact(type.size(type.rank() - 1));
        this.logits = Arena.ofAuto().allocate(type.bytes(), 64);
    }

    /**
     * Compiles what reads, and puts a copy of the parameters in place.
     *
     * @param lengths of chunks, as far as the context allows; 1 must be among them
     * @throws UserException if the program has no {@code logits}, or a tensor is missing or of another type
     * @throws dev.weft.graph.MachineException if memory does not suffice
     */
    static TokenReader open(
            Weft weft, Program program, SequencedMap<String, Tensor> parameters, int rows, List<Integer> lengths) {
        program.requireLogits();
        int context = program.context();
        boolean cached = program.hasCache();
        List<Integer> chunks = cached
                ? lengths.stream()
                        .filter(length -> length <= context)
                        .sorted((a, b) -> b - a)
                        .toList()
                : List.of(context);
        List<EntryRequest> entries = new ArrayList<>();
        for (int length : chunks) {
            Map<String, Long> sizes = Map.of("B", (long) rows, "T", (long) length);
            entries.add(EntryRequest.of(cached ? "next" : "window", sizes).as(entry(length)));
        }
        Model model = weft.compile(program, entries);
        try {
            model.load(parameters);
            return new TokenReader(model, rows, context, cached, chunks);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static String entry(int length) {
        return "logits." + length;
    }

    int rows() {
        return tokens.length;
    }

    int context() {
        return context;
    }

    boolean isCached() {
        return cached;
    }

    int vocabulary() {
        return vocabulary;
    }

    /** Whether nothing is looked back on. */
    boolean isEmpty() {
        return length == 0;
    }

    /** Forgets everything read. */
    void forget() {
        length = 0;
        read = 0;
    }

    /**
     * What must hold of tokens that are to be read.
     *
     * @param subject what errors call them
     * @throws UserException for a token outside the vocabulary
     */
    void check(String subject, int... more) {
        for (int token : more) {
            if (token < 0 || token >= vocabulary) {
                throw new UserException("%s: must be in 0..%d, the vocabulary of the model, got %d"
                        .formatted(subject, vocabulary - 1, token));
            }
        }
    }

    /**
     * Reads on.
     *
     * @param more what comes next in each row, {@code (rows, count)} with at most {@code context} tokens, each in the vocabulary
     */
    void read(int[]... more) {
        int count = more[0].length;
        makeRoom(count);
        for (int row = 0; row < tokens.length; row++) {
            System.arraycopy(more[row], 0, tokens[row], length, count);
        }
        length += count;
        if (cached) {
            readChunks();
        } else if (count > 0) {
            readWindow();
        }
    }

    /** Drops the older half if that is needed; what stays moves to the front and is read again. */
    private void makeRoom(int count) {
        if (length + count > context) {
            int keep = Math.min(Overflow.kept(context), context - count);
            for (int[] row : tokens) {
                System.arraycopy(row, length - keep, row, 0, keep);
            }
            length = keep;
            read = 0;
        }
    }

    private void readChunks() {
        while (read < length) {
            int left = length - read;
            int chunk = chunks.stream()
                    .filter(fitting -> fitting <= left)
                    .findFirst()
                    .orElseThrow();
            run(chunk, tokens(read, chunk));
            read += chunk;
        }
    }

    /** The window is filled up with token 0 behind; causal models do not look there. */
    private void readWindow() {
        for (int[] row : tokens) {
            Arrays.fill(row, length, context, 0);
        }
        run(context, tokens(0, context));
    }

    private Tensor tokens(int from, int count) {
        int[] all = new int[tokens.length * count];
        for (int row = 0; row < tokens.length; row++) {
            System.arraycopy(tokens[row], from, all, row * count, count);
        }
        return Tensor.of(all, tokens.length, count);
    }

    private void run(int chunk, Tensor ids) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("tokens", ids);
        if (cached) {
            inputs.put("at", Tensor.of(new int[] {read}));
        }
        model.run(entry(chunk), inputs, logits);
    }

    /** The logits of the tokens after the last ones, {@code (rows, vocabulary)}; good until more is read. */
    MemorySegment logits() {
        if (cached) {
            return logits;
        }
        long bytes = (long) vocabulary * Float.BYTES;
        MemorySegment last = Arena.ofAuto().allocate(rows() * bytes, 64);
        for (int row = 0; row < rows(); row++) {
            MemorySegment.copy(logits, index(row) * bytes, last, row * bytes, bytes);
        }
        return last;
    }

    /** A copy of the logits of the token after the last one of a row, {@code (vocabulary)}. Several threads may ask at once. */
    float[] logits(int row) {
        float[] copy = new float[vocabulary];
        MemorySegment.copy(logits, ValueLayout.JAVA_FLOAT, index(row) * vocabulary * Float.BYTES, copy, 0, vocabulary);
        return copy;
    }

    /** One of these. */
    float logit(int row, int id) {
        return logits.get(ValueLayout.JAVA_FLOAT, (index(row) * vocabulary + id) * Float.BYTES);
    }

    /** Which row of the last run's logits they are. */
    private long index(int row) {
        return cached ? row : (long) row * context + length - 1;
    }

    @Override
    public void close() {
        model.close();
    }
}
