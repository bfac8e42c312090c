package dev.weft.models.data;

/**
 * Every target of a text once: windows of {@code context} tokens, one after the other, each target predicted from what its
 * window holds before it. The last window may be shorter; it and the rows that the last batch lacks are padded with token 0
 * and weight 0. The sum of all weights is {@link #targets}.
 */
public final class ValidationWindows {

    private final int[] tokens;
    private final int context;
    private final int rows;

    /**
     * @param tokens  at least 2
     * @param context T, tokens a row
     * @param rows    B, rows a batch
     */
    public ValidationWindows(int[] tokens, int context, int rows) {
        if (context < 1 || rows < 1 || tokens.length < 2) {
            throw new IllegalArgumentException("windows: need a positive context and rows, and at least 2 tokens; got "
                    + context + ", " + rows + ", " + tokens.length);
        }
        this.tokens = tokens;
        this.context = context;
        this.rows = rows;
    }

    /** Tokens that are predicted: all but the first. */
    public int targets() {
        return tokens.length - 1;
    }

    public int batches() {
        return Math.ceilDiv(windows(), rows);
    }

    private int windows() {
        return Math.ceilDiv(targets(), context);
    }

    /** Batch {@code index} of {@link #batches}, always {@code (B, T)}. */
    public Batch batch(int index) {
        if (index < 0 || index >= batches()) {
            throw new IndexOutOfBoundsException("batch: must be from 0 to " + (batches() - 1) + ", got " + index);
        }
        Batch batch = Batch.zeros(rows, context);
        for (int row = 0; row < rows && (long) index * rows + row < windows(); row++) {
            int start = (index * rows + row) * context;
            batch.fill(row, tokens, start, Math.min(context, targets() - start));
        }
        return batch;
    }
}
