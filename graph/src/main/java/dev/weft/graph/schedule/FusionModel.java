package dev.weft.graph.schedule;

/**
 * What a backend's kernels can hold, as plain data.
 *
 * @param fuse whether to fuse at all; without, every value is a region of its own
 * @param epilogues whether elementwise work may follow a contraction inside its region
 * @param maxInputs most inputs of a map region
 * @param maxValues most computed values of a region
 * @param epilogueInputs most inputs of an epilogue, besides the operands of the contraction
 * @param epilogueOutputs most outputs of a contraction with its epilogue
 * @param recompute how much arithmetic per element a region may repeat in place of reading a stored value; an addition weighs 1,
 *     a division 4, a function such as tanh 16
 */
public record FusionModel(
        boolean fuse,
        boolean epilogues,
        int maxInputs,
        int maxValues,
        int epilogueInputs,
        int epilogueOutputs,
        int recompute) {

    /** One region per value: what a backend gets that says nothing. */
    public static final FusionModel NONE = new FusionModel(false, false, 0, 1, 0, 1, 0);

    /** Budgets that suit a machine with a cache and some thirty registers. */
    public static final FusionModel STANDARD = new FusionModel(true, true, 32, 256, 12, 4, 40);

    /** The same with another budget for repeated arithmetic. */
    public FusionModel withRecompute(int weight) {
        return new FusionModel(fuse, epilogues, maxInputs, maxValues, epilogueInputs, epilogueOutputs, weight);
    }
}
