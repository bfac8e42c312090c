package dev.weft.models;

import dev.weft.models.io.Parallel;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Threads that help with what Java itself computes between two runs of a program. They are gone when it is done; all who share one
 * {@link Weft} have at most {@value #MOST} of them at a time, and who gets none does the work alone.
 */
final class Helpers {

    private static final int MOST = 2;

    private final Semaphore free;

    /** @param threads of the backend, of which a caller's is one */
    Helpers(int threads) {
        this.free = new Semaphore(Math.min(MOST, threads - 1));
    }

    /** {@code each} of every item, in the order of the items; it does not care which thread it runs on. */
    <T, R> List<R> map(List<T> items, Function<T, R> each) {
        int taken = 0;
        while (taken < Math.min(MOST, items.size() - 1) && free.tryAcquire()) {
            taken++;
        }
        try {
            return Parallel.map(items, 1 + taken, each);
        } finally {
            free.release(taken);
        }
    }
}
