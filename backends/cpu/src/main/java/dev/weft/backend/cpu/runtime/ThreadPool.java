package dev.weft.backend.cpu.runtime;

import dev.weft.graph.DefectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that walks lists of steps together. The caller of {@link #run} is the first of the team, the others
 * are daemon threads that spin between steps and park when nothing came for a while, so an idle pool uses no processor time.
 * Callers take turns. Closing ends the threads; safe to call twice.
 */
public final class ThreadPool implements AutoCloseable {
    private static final long SPIN_NANOS = 50_000;
    private static final int SPINS_BETWEEN_CLOCKS = 64;
    private static final int NEVER = Integer.MAX_VALUE;

    private final int threads;
    private final Runnable onEntry;
    private final List<Thread> workers = new ArrayList<>();
    private final boolean[] parked;
    private final ReentrantLock turn = new ReentrantLock(true);

    /** Threads that reached the current barrier. */
    private final AtomicInteger arrived = new AtomicInteger();

    /** Number of the current barrier: changes when all have arrived. */
    private volatile int phase;

    /** Number of the current run; workers wait for it to change. */
    private final AtomicLong run = new AtomicLong();

    private volatile List<? extends Step> steps = List.of();
    /** The step at which something was thrown: threads end their walk behind it, all at the same place. */
    private volatile int failedAt = NEVER;

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
        for (int thread = 1; thread < threads; thread++) {
            int self = thread;
            workers.add(Thread.ofPlatform().daemon().name("weft-cpu-" + thread).start(() -> work(self)));
        }
    }

    public int threads() {
        return threads;
    }

    /** Runs all steps in order, each on all threads. What a step throws ends the run and is thrown here. */
    public void run(List<? extends Step> list) {
        turn.lock();
        try {
            if (closed) {
                throw new DefectException("thread pool: it must be open, but was closed");
            }
            failure = null;
            failedAt = NEVER;
            steps = list;
            run.incrementAndGet();
            wake();
            onEntry.run();
            walk(list, 0);
            Throwable thrown = failure;
            steps = List.of();
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
            walk(steps, thread);
        }
    }

    private void walk(List<? extends Step> list, int thread) {
        int size = list.size();
        for (int i = 0; i < size && failedAt >= i; i++) {
            try {
                list.get(i).run(thread, threads);
            } catch (Throwable thrown) {
                failure = thrown;
                while (meetsLater(list, i)) {
                    i++;
                }
                failedAt = i;
            }
            if (!meetsLater(list, i)) {
                barrier();
            }
        }
        // Nobody goes on to another run before all have seen how this one ended.
        barrier();
    }

    /** Whether the other threads have nothing to wait for, or to do, before the end of the next step. */
    private static boolean meetsLater(List<? extends Step> list, int i) {
        return list.get(i).isSingle() && i + 1 < list.size() && list.get(i + 1).isSingle();
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
            Thread.onSpinWait();
            if (spins % SPINS_BETWEEN_CLOCKS == 0) {
                long now = System.nanoTime();
                if (start == 0) {
                    start = now;
                } else if (now - start > SPIN_NANOS) {
                    // More threads than free processors: let the one we wait for have ours.
                    Thread.yield();
                }
            }
        }
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
