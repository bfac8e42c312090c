package dev.weft.models;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.sample.Distribution;
import dev.weft.models.sample.Drawn;
import dev.weft.models.sample.History;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Continues a text token by token. With a cache, tokens are read in chunks of a few compiled lengths and each is read once; without
 * one, every token reads the window again. When the context is full, its older half is dropped and the rest is read again. One thread
 * at a time.
 */
public final class Generator implements AutoCloseable {

    /** Lengths of the chunks that are compiled, as far as the context allows. */
    static final List<Integer> CHUNKS = List.of(512, 64, 1);

    private final OneThread oneThread = new OneThread("generator");
    private final Model model;
    private final int context;
    private final int vocabulary;
    private final boolean cached;
    private final List<Integer> chunks;
    private final List<Integer> tokens = new ArrayList<>();
    private int read;
    private float[] logits = {};

    private Generator(Model model, int context, int vocabulary, boolean cached, List<Integer> chunks) {
        this.model = model;
        this.context = context;
        this.vocabulary = vocabulary;
        this.cached = cached;
        this.chunks = chunks;
    }

    /**
     * Compiles what generation needs and puts a copy of the parameters in place. Any number of generators may be opened from one
     * {@code weft}; they share machine code.
     *
     * @param parameters the trained tensors, by path; all that the program stores but caches
     * @throws UserException if the program has no {@code logits}, or a tensor is missing or of another type
     * @throws dev.weft.graph.MachineException if memory does not suffice
     */
    public static Generator open(Weft weft, Program program, SequencedMap<String, Tensor> parameters) {
        return open(weft, program, parameters, CHUNKS);
    }

    /** As above, with the lengths of chunks chosen; 1 must be among them. */
    public static Generator open(
            Weft weft, Program program, SequencedMap<String, Tensor> parameters, List<Integer> lengths) {
        program.requireLogits();
        int context = Math.toIntExact(program.integer("context"));
        boolean cached = program.hasCache();
        List<Integer> chunks = cached
                ? lengths.stream()
                        .filter(length -> length <= context)
                        .sorted((a, b) -> b - a)
                        .toList()
                : List.of(context);
        List<EntryRequest> entries = new ArrayList<>();
        for (int length : chunks) {
            entries.add(EntryRequest.of(cached ? "next" : "window", Map.of("B", 1L, "T", (long) length))
                    .as(entry(length)));
        }
        Model model = weft.compile(program, entries);
        try {
            model.load(parameters);
            return new Generator(model, context, vocabulary(model, chunks), cached, chunks);
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    private static String entry(int length) {
        return "logits." + length;
    }

    private static int vocabulary(Model model, List<Integer> chunks) {
        TensorType logits = model.outputType(entry(chunks.getFirst()), 0);
        return Math.toIntExact(logits.size(logits.rank() - 1));
    }

    /** Most tokens that are looked back on. */
    public int context() {
        return context;
    }

    /** Whether tokens are read once; otherwise each one reads the window again. */
    public boolean isCached() {
        return cached;
    }

    /** Number of logits: the vocabulary of the model. */
    public int vocabulary() {
        return vocabulary;
    }

    /** Forgets everything read. */
    public void reset() {
        oneThread.in(this::forget);
    }

    private void forget() {
        tokens.clear();
        read = 0;
    }

    /**
     * Reads tokens and gives the logits of the next one, {@code (vocabulary)}.
     *
     * @throws UserException for a token outside the vocabulary, or more tokens than the context holds; nothing has been read then
     * @throws IllegalStateException if the generator is closed, or another thread is in it
     */
    public float[] feed(int... more) {
        return oneThread.in(() -> next(more));
    }

    private float[] next(int... more) {
        if (tokens.isEmpty() && more.length == 0) {
            throw new UserException("prompt: must have at least one token");
        }
        if (more.length > context) {
            throw new UserException(
                    ("prompt: must be at most %d tokens long, the context of the model, got %d; shorten it, or take a model with a"
                                    + " longer context")
                            .formatted(context, more.length));
        }
        for (int token : more) {
            if (token < 0 || token >= vocabulary) {
                throw new UserException("token: must be in 0..%d, the vocabulary of the model, got %d"
                        .formatted(vocabulary - 1, token));
            }
        }
        makeRoom(more.length);
        for (int token : more) {
            tokens.add(token);
        }
        if (cached) {
            readChunks();
        } else if (more.length > 0) {
            readWindow();
        }
        return logits.clone();
    }

    /** Drops the older half as often as needed; what stays moves to the front and is read again. */
    private void makeRoom(int count) {
        if (tokens.size() + count > context) {
            int keep = Math.min(context / 2, context - count);
            List<Integer> rest = List.copyOf(tokens.subList(tokens.size() - keep, tokens.size()));
            forget();
            tokens.addAll(rest);
        }
    }

    private void readChunks() {
        while (read < tokens.size()) {
            int left = tokens.size() - read;
            int length =
                    chunks.stream().filter(chunk -> chunk <= left).findFirst().orElseThrow();
            int[] chunk = tokens.subList(read, read + length).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            logits = run(length, chunk, 0);
            read += length;
        }
    }

    /** The window is filled up with token 0 behind; causal models do not look there. */
    private void readWindow() {
        int[] window = Arrays.copyOf(tokens.stream().mapToInt(Integer::intValue).toArray(), context);
        logits = run(context, window, tokens.size() - 1);
    }

    /** @param last which row of the logits is wanted */
    private float[] run(int length, int[] chunk, int last) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("tokens", Tensor.of(chunk, 1, length));
        if (cached) {
            inputs.put("at", Tensor.of(new int[] {read}));
        }
        MemorySegment all =
                model.run(entry(length), inputs).firstEntry().getValue().data();
        long row = (long) vocabulary * Float.BYTES;
        return all.asSlice(last * row, row).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    /**
     * The distribution over the token after {@code prompt}.
     *
     * @throws UserException for an empty or too long prompt, or a token outside the vocabulary
     */
    public Distribution predict(int... prompt) {
        return oneThread.in(() -> {
            forget();
            return Distribution.of(next(prompt));
        });
    }

    /**
     * Continues a prompt.
     *
     * @param sample number of the sample; together with the seed it decides what is drawn
     * @param each sees every new token; generation ends after it returns false
     * @return the new tokens, at most {@code maxTokens}
     * @throws UserException for an empty or too long prompt, or a token outside the vocabulary
     * @throws IllegalStateException if the generator is closed, in use by another thread, or called from {@code each}
     */
    public int[] generate(int[] prompt, int maxTokens, Sampling sampling, long seed, long sample, IntPredicate each) {
        return oneThread.in(() -> continued(prompt, maxTokens, sampling, seed, sample, each));
    }

    /** As above; {@code each} also sees why each token could be drawn, which takes a pass over the vocabulary more. */
    public int[] explain(
            int[] prompt, int maxTokens, Sampling sampling, long seed, long sample, Predicate<Drawn> each) {
        return oneThread.in(() -> continued(prompt, maxTokens, (logits, history, position) -> {
            Drawn drawn = sampling.explain(logits, history, Sampling.uniform(seed, sample, position));
            return new Choice(drawn.id(), () -> each.test(drawn));
        }));
    }

    private int[] continued(int[] prompt, int maxTokens, Sampling sampling, long seed, long sample, IntPredicate each) {
        return continued(prompt, maxTokens, (logits, history, position) -> {
            int id = sampling.choose(logits, history, Sampling.uniform(seed, sample, position));
            return new Choice(id, () -> each.test(id));
        });
    }

    /** @param goesOn told of the token; whether another one is wanted */
    private record Choice(int id, BooleanSupplier goesOn) {}

    /** Chooses the token at a position of the text that is made. */
    @FunctionalInterface
    private interface Chooser {
        Choice choose(float[] logits, History history, int position);
    }

    private int[] continued(int[] prompt, int maxTokens, Chooser chooser) {
        forget();
        float[] next = next(prompt);
        History history = new History(prompt);
        int[] made = new int[maxTokens];
        for (int i = 0; i < maxTokens; i++) {
            Choice choice = chooser.choose(next, history, i);
            made[i] = choice.id();
            history.add(made[i]);
            if (!choice.goesOn().getAsBoolean() || i == maxTokens - 1) {
                return Arrays.copyOf(made, i + 1);
            }
            next = next(made[i]);
        }
        return made;
    }

    @Override
    public void close() {
        model.close();
    }
}
