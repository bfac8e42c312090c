package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;

/** The two streams of a session: one works, the other brings inputs meanwhile. */
public final class Lanes {
    private final Device device;
    private final long work;
    private final long copies;
    private boolean idle = true;
    private long waitedNanos;

    public Lanes(Held held) {
        this.device = held.device();
        this.work = held.stream();
        this.copies = held.stream();
    }

    /** The stream that works, for something that will be waited for only later. */
    public long work() {
        idle = false;
        return work;
    }

    /** The stream that brings inputs. */
    long copies() {
        return copies;
    }

    /** Whether all that the first stream was given is known to be done. */
    boolean isIdle() {
        return idle;
    }

    /** Waits until it is. */
    public void settle() {
        if (!idle) {
            waiting(() -> device.synchronize(work));
            idle = true;
        }
    }

    /** Waits until an event has passed. */
    void waitFor(long event) {
        waiting(() -> device.waitFor(event));
    }

    private void waiting(Runnable wait) {
        long start = System.nanoTime();
        wait.run();
        waitedNanos += System.nanoTime() - start;
    }

    /** How long the host has waited for the device so far. */
    public long waitedNanos() {
        return waitedNanos;
    }
}
