package dev.weft.backend.spi;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What a {@link Session} owes to its callers, for backends to use: one thread at a time, nothing after closing, and closing twice does
 * nothing.
 */
public final class SessionGate {
    private final ReentrantLock oneThread = new ReentrantLock();
    private boolean closed;

    /**
     * Does the work if the session is open and no other thread is in it.
     *
     * @throws IllegalStateException if it is not
     */
    public <T> T alone(Supplier<T> work) {
        if (!oneThread.tryLock()) {
            throw new IllegalStateException("session: is in use by another thread; give each thread its own");
        }
        try {
            if (closed) {
                throw new IllegalStateException("session: is closed");
            }
            return work.get();
        } finally {
            oneThread.unlock();
        }
    }

    /** Waits for a thread that is in the session; then does {@code release}, the first time it is called. */
    public void close(Runnable release) {
        oneThread.lock();
        try {
            if (!closed) {
                closed = true;
                release.run();
            }
        } finally {
            oneThread.unlock();
        }
    }
}
