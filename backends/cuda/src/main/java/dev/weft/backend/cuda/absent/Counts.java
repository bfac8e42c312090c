package dev.weft.backend.cuda.absent;

/**
 * What a device was told to do. What was recorded in a graph counts as recorded only, however often the graph is replayed.
 *
 * @param launches of kernels
 * @param products made
 * @param copies on the device, fills among them
 * @param copiesIn from the host
 * @param copiesOut to the host
 * @param replays of graphs
 * @param synchronizations by which the host waited for all that a stream was given
 * @param waits of the host for single events
 * @param allocations of device memory or pinned memory
 * @param recorded launches, products, copies and fills that went into graphs
 * @param recordedCopiesIn copies from the host among them
 */
public record Counts(
        long launches,
        long products,
        long copies,
        long copiesIn,
        long copiesOut,
        long replays,
        long synchronizations,
        long waits,
        long allocations,
        long recorded,
        long recordedCopiesIn) {

    /** What happened after {@code before}. */
    public Counts since(Counts before) {
        return new Counts(
                launches - before.launches,
                products - before.products,
                copies - before.copies,
                copiesIn - before.copiesIn,
                copiesOut - before.copiesOut,
                replays - before.replays,
                synchronizations - before.synchronizations,
                waits - before.waits,
                allocations - before.allocations,
                recorded - before.recorded,
                recordedCopiesIn - before.recordedCopiesIn);
    }
}
