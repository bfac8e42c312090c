package dev.weft.models.data;

import dev.weft.models.random.CounterRandom;

/**
 * Random windows of a training part: row r of the batch for (step, micro) starts at token
 * {@code CounterRandom(seed).below(tokens - context, STREAM, step, micro, r)}. Windows overlap and repeat; nothing is
 * remembered from one batch to the next, so a resumed run continues with the batches it would have had.
 */
public final class TrainingWindows {

    /** Sets these numbers apart from other uses of the same seed. */
    static final long STREAM = 0x77696e646f777300L;

    private final Tokens tokens;
    private final int context;
    private final int rows;
    private final CounterRandom random;

    /** As below, of ids that all count. */
    public TrainingWindows(int[] tokens, int context, int rows, long seed) {
        this(Tokens.of(tokens), context, rows, seed);
    }

    /**
     * @param tokens  more than {@code context} of them
     * @param context T, tokens a row
     * @param rows    B, rows a batch
     */
    public TrainingWindows(Tokens tokens, int context, int rows, long seed) {
        if (context < 1 || rows < 1 || tokens.count() <= context) {
            throw new IllegalArgumentException(
                    "windows: need a positive context and rows, and more tokens than context; got " + context + ", "
                            + rows + ", " + tokens.count());
        }
        this.tokens = tokens;
        this.context = context;
        this.rows = rows;
        this.random = new CounterRandom(seed);
    }

    /**
     * The batch of one micro-batch.
     *
     * @param step  the optimizer step, from 0
     * @param micro the micro-batch within the step, from 0
     */
    public Batch batch(long step, int micro) {
        Batch batch = Batch.zeros(rows, context);
        for (int row = 0; row < rows; row++) {
            long start = random.below(tokens.count() - context, STREAM, step, micro, row);
            batch.fill(row, tokens, start, context);
        }
        return batch;
    }
}
