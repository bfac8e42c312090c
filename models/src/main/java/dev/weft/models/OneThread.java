package dev.weft.models;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets one thread at a time in. A second one is told rather than made to wait: its numbers would depend on who came first. */
final class OneThread {

    private final String subject;
    private final ReentrantLock lock = new ReentrantLock();

    /** @param subject what is guarded, as errors name it: {@code trainer} */
    OneThread(String subject) {
        this.subject = subject;
    }

    /**
     * Does the work.
     *
     * @throws IllegalStateException if another thread is in, or this one already is: a callback has called back
     */
    <T> T in(Supplier<T> work) {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException(
                    subject + ": is in the middle of a call, and must not be called from what that call calls");
        }
        if (!lock.tryLock()) {
            throw new IllegalStateException(subject + ": is in use by another thread; give each thread its own");
        }
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /** As above, for work without a result. */
    void in(Runnable work) {
        in(() -> {
            work.run();
            return true;
        });
    }
}
