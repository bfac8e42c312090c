package dev.weft.backend.cpu.runtime;

import dev.weft.graph.DefectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that walks lists of steps together. Each says how many steps it has done, and begins one as soon as the others
 * have done what it must not overtake ({@link Walk}). The caller of {@link #run} is the first of the team, the others
 * are daemon threads that spin between steps and park when nothing came for a while, so an idle pool uses no processor time.
 * Callers take turns. Closing ends the threads; safe to call twice.
 */
public final class ThreadPool implements AutoCloseable {
    private static final long SPIN_NANOS = 50_000;
    private static final int SPINS_BETWEEN_CLOCKS = 64;
    private static final Walk NOTHING = Walk.inOrder(List.of());

    /** Numbers of steps in the lower half of a thread's progress, the number of the run in the upper one. */
    private static final int RUN_SHIFT = 32;

    /** Places from one thread's progress to the next one's: each has cache lines of its own. */
    private static final int PROGRESS_STEP = 16;

    private final int threads;
    private final Runnable onEntry;
    private final List<Thread> workers = new ArrayList<>();
    private final boolean[] parked;
    private final ReentrantLock turn = new ReentrantLock(true);

    /** How many steps of which run each thread has done: grows only. */
    private final AtomicLongArray progress;

    /** Threads that reached the current barrier. */
    private final AtomicInteger arrived = new AtomicInteger();

    /** Number of the current barrier: changes when all have arrived. */
    private volatile int phase;

    /** Number of the current run; workers wait for it to change. */
    private final AtomicLong run = new AtomicLong();

    private volatile Walk steps = NOTHING;

    /** What a step has thrown: nobody begins another one of this run. */
    private volatile @Nullable Throwable failure;

    private volatile boolean closed;

    /**
     * Starts {@code threads − 1} threads.
     *
     * @param onEntry called by each thread of the team before its first step, and by each caller at each run
     */
    public ThreadPool(int threads, Runnable onEntry) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: must be at least 1, got " + threads);
        }
        this.threads = threads;
        this.onEntry = onEntry;
        this.parked = new boolean[threads];
        this.progress = new AtomicLongArray(threads * PROGRESS_STEP);
        for (int thread = 1; thread < threads; thread++) {
            int self = thread;
            workers.add(Thread.ofPlatform().daemon().name("weft-cpu-" + thread).start(() -> work(self)));
        }
    }

    public int threads() {
        return threads;
    }

    /** Runs all steps, each on all threads and behind all before it. What a step throws ends the run and is thrown here. */
    public void run(List<? extends Step> list) {
        run(Walk.inOrder(list));
    }

    /** Runs all steps, each on all threads. What a step throws ends the run and is thrown here. */
    public void run(Walk walk) {
        turn.lock();
        try {
            if (closed) {
                throw new DefectException("thread pool: it must be open, but was closed");
            }
            failure = null;
            steps = walk;
            long number = run.incrementAndGet();
            wake();
            onEntry.run();
            walk(walk, 0, number);
            Throwable thrown = failure;
            steps = NOTHING;
            if (thrown != null) {
                throw rethrown(thrown);
            }
        } finally {
            turn.unlock();
        }
    }

    private static RuntimeException rethrown(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new DefectException("a step failed", thrown);
        };
    }

    private void work(int thread) {
        long seen = 0;
        boolean entered = false;
        while (true) {
            awaitRun(thread, seen);
            if (closed) {
                return;
            }
            seen = run.get();
            if (!entered) {
                onEntry.run();
                entered = true;
            }
            walk(steps, thread, seen);
        }
    }

    private void walk(Walk walk, int thread, long number) {
        long base = number << RUN_SHIFT;
        int place = thread * PROGRESS_STEP;
        progress.set(place, base);
        int size = walk.size();
        for (int i = 0; i < size && failure == null; i++) {
            Step step = walk.step(i);
            boolean waits = thread == 0 || !step.isSingle();
            if (waits && !othersHaveDone(base + walk.after(i) + 1, thread)) {
                break;
            }
            try {
                step.run(thread, threads);
            } catch (Throwable thrown) {
                failure = thrown;
                break;
            }
            progress.setRelease(place, base + i + 1);
        }
        // Nobody goes on to another run before all have seen how this one ended.
        barrier();
    }

    /** Waits until all other threads have come this far; false if one of them has failed. */
    private boolean othersHaveDone(long count, int self) {
        for (int thread = 0; thread < threads; thread++) {
            int place = thread * PROGRESS_STEP;
            long start = 0;
            for (int spins = 1; thread != self && progress.getAcquire(place) < count; spins++) {
                if (failure != null) {
                    return false;
                }
                start = pause(spins, start);
            }
        }
        return true;
    }

    /** Returns when all threads of the team have called it. */
    private void barrier() {
        if (threads == 1) {
            return;
        }
        int current = phase;
        if (arrived.incrementAndGet() == threads) {
            arrived.set(0);
            phase = current + 1;
            return;
        }
        long start = 0;
        for (int spins = 1; phase == current; spins++) {
            start = pause(spins, start);
        }
    }

    /**
     * Passes a moment of waiting.
     *
     * @param start when somebody first looked at the clock; 0 before
     * @return the same afterwards
     */
    private static long pause(int spins, long start) {
        Thread.onSpinWait();
        if (spins % SPINS_BETWEEN_CLOCKS != 0) {
            return start;
        }
        long now = System.nanoTime();
        if (start != 0 && now - start > SPIN_NANOS) {
            // More threads than free processors: let the one we wait for have ours.
            Thread.yield();
        }
        return start == 0 ? now : start;
    }

    private void awaitRun(int thread, long seen) {
        long start = System.nanoTime();
        while (run.get() == seen && !closed) {
            for (int spins = 0; spins < SPINS_BETWEEN_CLOCKS && run.get() == seen; spins++) {
                Thread.onSpinWait();
            }
            if (run.get() == seen && System.nanoTime() - start > SPIN_NANOS) {
                synchronized (parked) {
                    parked[thread] = true;
                }
                while (run.get() == seen && !closed) {
                    LockSupport.park(this);
                }
            }
        }
    }

    private void wake() {
        synchronized (parked) {
            for (int thread = 1; thread < threads; thread++) {
                if (parked[thread]) {
                    parked[thread] = false;
                    LockSupport.unpark(workers.get(thread - 1));
                }
            }
        }
    }

    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            workers.forEach(LockSupport::unpark);
        } finally {
            turn.unlock();
        }
        for (Thread worker : workers) {
            boolean ended = false;
            while (!ended) {
                try {
                    worker.join();
                    ended = true;
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    ended = true;
                }
            }
        }
    }
}
