package dev.weft.backend.cpu.runtime;

/** A piece of work that all threads of a pool do together; what it needs is finished, see {@link Walk}. */
@FunctionalInterface
public interface Step {

    /**
     * Does this thread's share.
     *
     * @param thread 0 … {@code threads} − 1
     */
    void run(int thread, int threads);

    /** Whether thread 0 does all of it: the others go on at once. */
    default boolean isSingle() {
        return false;
    }

    /** A step that is thread 0's alone. */
    static Step single(Runnable work) {
        return new Step() {
            @Override
            public void run(int thread, int threads) {
                if (thread == 0) {
                    work.run();
                }
            }

            @Override
            public boolean isSingle() {
                return true;
            }
        };
    }

    /**
     * The first of {@code units} that {@code thread} takes; it takes all up to the first of the next thread. A single unit
     * is the caller's, who need not wait for anybody to wake.
     */
    static long firstUnit(long units, int thread, int threads) {
        return Math.ceilDiv(units * thread, (long) threads);
    }
}
