package dev.weft.graph.schedule;

/**
 * What a backend's kernels can hold, as plain data.
 *
 * @param fuse whether to fuse at all; without, every value is a region of its own
 * @param epilogues whether elementwise work, and sums over all rows or everything, may follow a contraction inside its region
 * @param maxInputs most inputs of a map region
 * @param maxValues most computed values of a region
 * @param epilogueInputs most inputs of an epilogue, besides the operands of the contraction
 * @param epilogueOutputs most outputs of a contraction with its epilogue
 * @param recompute how much arithmetic per element a region may repeat in place of reading a stored value; an addition weighs 1,
 *     a division 4, a function such as tanh 16
 * @param streams what products may be joined over panels of rows
 * @param joins whether a region may compute the parts of a concat where the concat asks for them
 * @param totals whether an epilogue may also reduce all of the result to one number; otherwise that is a map of its own, of which there
 *     may be one for many tensors
 * @param widens whether a product may restore its right operand from fewer bits as it reads it, see {@link Widened}
 * @param rounds whether a product that does so may also round its left operand to 8 bits as it reads it, see {@link
 *     dev.weft.graph.pass.precision.QuantizedRows}
 */
public record FusionModel(
        boolean fuse,
        boolean epilogues,
        int maxInputs,
        int maxValues,
        int epilogueInputs,
        int epilogueOutputs,
        int recompute,
        Streams streams,
        boolean joins,
        boolean totals,
        boolean widens,
        boolean rounds) {

    /**
     * Limits of stream regions.
     *
     * @param leastRows fewest rows of a matrix for which panels are worth their overhead
     * @param mostColumns most columns of a panel; 0 where the backend has no streams
     * @param depth most terms of a product's elements that are computed again in place of being stored
     * @param shared most elements of an operand that every panel of every loop reads
     * @param leastMatrices fewest matrices that may have fewer rows than that, if nothing is summed over their rows: threads share
     *     them out whole
     * @param wholeSums whether what is summed over rows is made whole before it is stored, so that it may be stored rounded
     */
    public record Streams(
            int leastRows, long mostColumns, long depth, long shared, int leastMatrices, boolean wholeSums) {

        /** Sums over rows are made panel by panel. */
        public Streams(int leastRows, long mostColumns, long depth, long shared, int leastMatrices) {
            this(leastRows, mostColumns, depth, shared, leastMatrices, false);
        }

        /** Matrices of fewer rows have no panels. */
        public Streams(int leastRows, long mostColumns, long depth, long shared) {
            this(leastRows, mostColumns, depth, shared, Integer.MAX_VALUE);
        }

        /** No streams. */
        public static final Streams NONE = new Streams(0, 0, 0, 0);

        /** Panels of 16 rows and more that stay in a cache of 2 MiB. */
        public static final Streams STANDARD = new Streams(5, 32768, 512, 1 << 18, 4);
    }

    /** One region per value: what a backend gets that says nothing. */
    public static final FusionModel NONE =
            new FusionModel(false, false, 0, 1, 0, 1, 0, Streams.NONE, false, true, false, false);

    /** Budgets that suit a machine with a cache and some thirty registers; no streams. */
    public static final FusionModel STANDARD =
            new FusionModel(true, true, 32, 256, 12, 4, 40, Streams.NONE, false, true, false, false);

    /** The same with another budget for repeated arithmetic. */
    public FusionModel withRecompute(int weight) {
        return with(weight, streams, joins, totals, widens, rounds);
    }

    /** The same with other limits of streams. */
    public FusionModel withStreams(Streams limits) {
        return with(recompute, limits, joins, totals, widens, rounds);
    }

    /** The same for a backend whose regions compute the parts of a concat themselves. */
    public FusionModel withJoins() {
        return with(recompute, streams, true, totals, widens, rounds);
    }

    /** The same for a backend whose products cannot reduce what they give to one number. */
    public FusionModel withoutTotals() {
        return with(recompute, streams, joins, false, widens, rounds);
    }

    /** The same for a backend whose products read weights that are held in fewer bits. */
    public FusionModel withWidening() {
        return with(recompute, streams, joins, totals, true, rounds);
    }

    /** The same for a backend that multiplies integers. */
    public FusionModel withRounding() {
        return with(recompute, streams, joins, totals, widens, true);
    }

    /** The same in all that no backend changes by itself. */
    private FusionModel with(
            int weight, Streams limits, boolean joining, boolean totalling, boolean widening, boolean rounding) {
        return new FusionModel(
                fuse,
                epilogues,
                maxInputs,
                maxValues,
                epilogueInputs,
                epilogueOutputs,
                weight,
                limits,
                joining,
                totalling,
                widening,
                rounding);
    }
}
