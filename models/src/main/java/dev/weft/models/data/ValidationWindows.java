package dev.weft.models.data;

/**
 * Every target of a text once: windows of {@code context} tokens, each {@code stride} behind the one before, each target predicted from
 * what its window holds before it. Where windows overlap, a target counts in the first that has it. The last window may be shorter; it and the rows that the last batch lacks are padded with token 0
 * and weight 0.
 */
public final class ValidationWindows {

    private final Tokens tokens;
    private final int context;
    private final int stride;
    private final int rows;

    /** As below, of ids that all count. */
    public ValidationWindows(int[] tokens, int context, int rows) {
        this(Tokens.of(tokens), context, rows);
    }

    /** As below, with windows that do not overlap. */
    public ValidationWindows(Tokens tokens, int context, int rows) {
        this(tokens, context, context, rows);
    }

    /**
     * @param tokens  at least 2
     * @param context T, tokens a row
     * @param stride  tokens from one window to the next, from 1 to {@code context}
     * @param rows    B, rows a batch
     */
    public ValidationWindows(Tokens tokens, int context, int stride, int rows) {
        if (context < 1 || rows < 1 || tokens.count() < 2 || stride < 1 || stride > context) {
            throw new IllegalArgumentException(
                    "windows: need a positive context and rows, a stride up to the context, and at least 2 tokens; got "
                            + context + ", " + rows + ", " + stride + ", " + tokens.count());
        }
        this.tokens = tokens;
        this.context = context;
        this.stride = stride;
        this.rows = rows;
    }

    /** Tokens that are predicted: all but the first. */
    public long targets() {
        return tokens.count() - 1;
    }

    /** Those of them that count, and how much all of them do. */
    public Total total() {
        long counting = 0;
        double weight = 0;
        for (long i = 1; i < tokens.count(); i++) {
            counting += tokens.weight(i) == 0 ? 0 : 1;
            weight += tokens.weight(i);
        }
        return new Total(counting, weight);
    }

    /**
     * @param targets of a weight that is not 0
     * @param weight  sum of the weights
     */
    public record Total(long targets, double weight) {}

    public int batches() {
        return Math.toIntExact(Math.ceilDiv(windows(), (long) rows));
    }

    private long windows() {
        return targets() <= context ? 1 : 1 + Math.ceilDiv(targets() - context, (long) stride);
    }

    /** Tokens from one window to the next. */
    public int stride() {
        return stride;
    }

    /** The index of a window's first token. */
    public long start(long window) {
        return window * stride;
    }

    /** Tokens of a window: the context, or what is left. */
    public int length(long window) {
        return (int) Math.min(context, targets() - start(window));
    }

    /** How many of a window's last targets count there; those before them counted in the window before. */
    public int counted(long window) {
        return window == 0 ? length(0) : length(window) - (context - stride);
    }

    /** Batch {@code index} of {@link #batches}, always {@code (B, T)}. */
    public Batch batch(int index) {
        if (index < 0 || index >= batches()) {
            throw new IndexOutOfBoundsException("batch: must be from 0 to " + (batches() - 1) + ", got " + index);
        }
        Batch batch = Batch.zeros(rows, context);
        for (int row = 0; row < rows && (long) index * rows + row < windows(); row++) {
            long window = (long) index * rows + row;
            batch.fill(row, tokens, start(window), length(window));
            batch.ignore(row, length(window) - counted(window));
        }
        return batch;
    }
}
