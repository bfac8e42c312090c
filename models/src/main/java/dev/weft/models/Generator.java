package dev.weft.models;

import dev.weft.graph.UserException;
import dev.weft.models.TokenDraw.Wish;
import dev.weft.models.sample.Distribution;
import dev.weft.models.sample.Drawn;
import dev.weft.models.sample.History;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Continues a text token by token; {@link BatchGenerator} continues several at once. With a cache, tokens are read in chunks of a few
 * compiled lengths and each is read once; without one, every token reads the window again. When the context is full, its older half is
 * dropped and the rest is read again. One thread at a time.
 */
public final class Generator implements AutoCloseable {

    /** Lengths of the chunks that are compiled, as far as the context allows. */
    static final List<Integer> CHUNKS = List.of(512, 64, 1);

    private final OneThread oneThread = new OneThread("generator");
    private final TokenReader reader;
    private final TokenDraw draw;

    private Generator(Weft weft, TokenReader reader) {
        this.reader = reader;
        this.draw = new TokenDraw(weft, reader);
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
        return new Generator(weft, TokenReader.open(weft, program, parameters, 1, lengths));
    }

    /** Most tokens that are looked back on. */
    public int context() {
        return reader.context();
    }

    /** Whether tokens are read once; otherwise each one reads the window again. */
    public boolean isCached() {
        return reader.isCached();
    }

    /** Number of logits: the vocabulary of the model. */
    public int vocabulary() {
        return reader.vocabulary();
    }

    /** Forgets everything read. */
    public void reset() {
        oneThread.in(reader::forget);
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
        read(more);
        return reader.logits(0);
    }

    private void read(int... more) {
        if (reader.isEmpty() && more.length == 0) {
            throw new UserException("prompt: must have at least one token");
        }
        Overflow.REFUSE.fit("prompt", more, reader.context());
        reader.check("token", more);
        reader.read(more);
    }

    /**
     * The distribution over the token after {@code prompt}.
     *
     * @throws UserException for an empty or too long prompt, or a token outside the vocabulary
     */
    public Distribution predict(int... prompt) {
        return oneThread.in(() -> {
            reader.forget();
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
        Text text = new Text(prompt, maxTokens, sampling, seed, sample, Detail.NOTHING);
        return oneThread.in(() -> continued(text, token -> each.test(token.id())));
    }

    /** As above; {@code each} also sees why each token could be drawn, which takes a pass over the vocabulary more. */
    public int[] explain(
            int[] prompt, int maxTokens, Sampling sampling, long seed, long sample, Predicate<Drawn> each) {
        Text text = new Text(prompt, maxTokens, sampling, seed, sample, Detail.REASONS);
        return oneThread.in(
                () -> continued(text, token -> each.test(token.reasons().orElseThrow())));
    }

    /** A text that is made. */
    private record Text(int[] prompt, int maxTokens, Sampling sampling, long seed, long sample, Detail detail) {}

    private int[] continued(Text text, Predicate<Token> each) {
        reader.forget();
        read(text.prompt());
        History history = new History(text.prompt());
        int[] made = new int[text.maxTokens()];
        for (int i = 0; i < made.length; i++) {
            Wish wish = new Wish(0, history, Sampling.uniform(text.seed(), text.sample(), i));
            Token token =
                    draw.draw(List.of(wish), text.sampling(), text.detail()).getFirst();
            made[i] = token.id();
            history.add(made[i]);
            if (!each.test(token) || i == made.length - 1) {
                return Arrays.copyOf(made, i + 1);
            }
            read(made[i]);
        }
        return made;
    }

    @Override
    public void close() {
        draw.close();
        reader.close();
    }
}
