package dev.weft.models;

import dev.weft.graph.RangeException;
import dev.weft.graph.UserException;
import dev.weft.models.TokenDraw.Wish;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SequencedMap;

/**
 * Continues several texts at once, as rows of one batch: the weights are read once for all of them. Prompts may differ in length. All
 * rows are at the same position: they read in chunks as far as the shortest prompt goes; from there on, rows with a longer prompt take its
 * next token while the others take what was drawn. Texts are grouped by length, so that little of that is needed. What a text becomes
 * depends on its prompt, its number as a sample and the seed, and not on the texts beside it. One thread at a time.
 */
public final class BatchGenerator implements AutoCloseable {

    /** Tokens of all rows that are read at once: more are no faster, and need memory for what lies between the layers. */
    private static final int TOKENS_AT_ONCE = 512;

    private static final int LONG_CHUNK = 64;

    /** A step of several rows takes longer than one of a single row, so a short chunk is worth its compilation. */
    private static final int SHORT_CHUNK = 8;

    private final OneThread oneThread = new OneThread("generator");
    private final TokenReader reader;
    private final TokenDraw draw;

    private BatchGenerator(Weft weft, TokenReader reader) {
        this.reader = reader;
        this.draw = new TokenDraw(weft, reader);
    }

    /**
     * A text to be continued. Compares by identity of its array.
     *
     * @param name what errors call its prompt; empty for its number
     * @param prompt at least one token
     * @param sample which of the texts that may follow: with the seed it decides what is drawn
     */
    public record Text(String name, int[] prompt, long sample) {

        public Text(int[] prompt, long sample) {
            this("", prompt, sample);
        }
    }

    /**
     * How texts are continued.
     *
     * @param maxTokens most tokens that a text gets
     * @param seed equal seeds, equal texts
     */
    public record Order(int maxTokens, Sampling sampling, long seed, Overflow overflow, Detail detail) {

        /** @throws UserException if no token is wanted */
        public Order {
            if (maxTokens < 1) {
                throw new RangeException("most tokens: must be at least 1, got " + maxTokens);
            }
        }

        /** Of prompts that fit into the context; nothing but ids is wanted. */
        public Order(int maxTokens, Sampling sampling, long seed) {
            this(maxTokens, sampling, seed, Overflow.REFUSE, Detail.NOTHING);
        }
    }

    /** Sees tokens as they are drawn. */
    @FunctionalInterface
    public interface Each {
        /**
         * @param text which one, in the order in which they were given
         * @return whether this text shall go on; the others do in any case
         */
        boolean accept(int text, Token token);
    }

    /**
     * Compiles what generation needs and puts a copy of the parameters in place.
     *
     * @param parameters the trained tensors, by path; all that the program stores but caches
     * @param rows texts that are continued at once: each has a cache of its own
     * @throws UserException if the program has no {@code logits}, or a tensor is missing or of another type
     * @throws dev.weft.graph.MachineException if memory does not suffice; nothing has been allocated then
     */
    public static BatchGenerator open(Weft weft, Program program, SequencedMap<String, Tensor> parameters, int rows) {
        if (rows < 1) {
            throw new RangeException("batch: must have at least 1 row, got " + rows);
        }
        return new BatchGenerator(weft, TokenReader.open(weft, program, parameters, rows, chunks(rows)));
    }

    private static List<Integer> chunks(int rows) {
        if (rows == 1) {
            return Generator.CHUNKS;
        }
        int longest = Math.clamp(TOKENS_AT_ONCE / rows, SHORT_CHUNK, LONG_CHUNK);
        return longest == SHORT_CHUNK ? List.of(SHORT_CHUNK, 1) : List.of(longest, SHORT_CHUNK, 1);
    }

    /** Texts that are continued at once. */
    public int rows() {
        return reader.rows();
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

    /**
     * Continues each text until {@code each} has enough of it, or it has its most tokens. There may be more texts than rows: the next
     * ones begin when all rows have ended.
     *
     * @return the new tokens of each text
     * @throws UserException if there is no text, or a prompt is empty, too long or has a token outside the vocabulary; nothing has been
     *     read then
     * @throws IllegalStateException if the generator is closed, in use by another thread, or called from {@code each}
     */
    public List<List<Token>> generate(List<Text> texts, Order order, Each each) {
        return oneThread.in(() -> generated(texts, order, each));
    }

    private List<List<Token>> generated(List<Text> texts, Order order, Each each) {
        if (texts.isEmpty()) {
            throw new UserException("prompts: there must be at least one");
        }
        List<BatchRow> all = new ArrayList<>();
        for (Text text : texts) {
            String number = texts.size() == 1 ? "prompt" : "prompt " + (all.size() + 1);
            all.add(row(all.size(), text.name().isEmpty() ? number : text.name(), text, order));
        }
        List<BatchRow> byLength = new ArrayList<>(all);
        byLength.sort(Comparator.comparingInt(BatchRow::promptLength));
        for (int from = 0; from < byLength.size(); from += rows()) {
            write(byLength.subList(from, Math.min(from + rows(), byLength.size())), order, each);
        }
        return all.stream().map(BatchRow::made).toList();
    }

    private BatchRow row(int index, String subject, Text text, Order order) {
        if (text.prompt().length == 0) {
            throw new UserException(subject + ": must have at least one token");
        }
        reader.check(subject + ": tokens", text.prompt());
        int[] seen = order.overflow().fit(subject, text.prompt(), context());
        return new BatchRow(index, text, seen);
    }

    /** @param group at most as many as there are rows; the last one is also in those that are left */
    private void write(List<BatchRow> group, Order order, Each each) {
        reader.forget();
        int position = 0;
        List<BatchRow> going = group;
        while (!going.isEmpty()) {
            int from = position;
            int count = going.stream().mapToInt(row -> row.known() - from).min().orElseThrow();
            int[][] next = new int[rows()][];
            Arrays.setAll(
                    next, row -> group.get(Math.min(row, group.size() - 1)).tokens(from, count));
            reader.read(next);
            position += count;
            draw(group, position, order, each);
            going = group.stream().filter(BatchRow::goesOn).toList();
        }
    }

    /** Draws a token for each row of which everything was read. */
    private void draw(List<BatchRow> group, int position, Order order, Each each) {
        List<Wish> wishes = new ArrayList<>();
        for (int row = 0; row < group.size(); row++) {
            BatchRow text = group.get(row);
            if (text.goesOn() && text.known() == position) {
                double uniform = Sampling.uniform(
                        order.seed(), text.sample(), text.made().size());
                wishes.add(new Wish(row, text.history(), uniform));
            }
        }
        if (wishes.isEmpty()) {
            return;
        }
        List<Token> tokens = draw.draw(wishes, order.sampling(), order.detail());
        for (int i = 0; i < tokens.size(); i++) {
            BatchRow row = group.get(wishes.get(i).row());
            row.add(tokens.get(i));
            if (!each.accept(row.index(), tokens.get(i)) || row.made().size() == order.maxTokens()) {
                row.end();
            }
        }
    }

    @Override
    public void close() {
        draw.close();
        reader.close();
    }
}
