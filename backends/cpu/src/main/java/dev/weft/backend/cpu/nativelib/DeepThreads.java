package dev.weft.backend.cpu.nativelib;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs work on threads of its own, whose stacks are deep. LLVM recurses over what it compiles, and expects what C programs have; a
 * caller's thread may have much less.
 */
public final class DeepThreads {

    /** Reserved, not used until it is needed. */
    private static final long STACK_BYTES = 256L << 20;

    /**
     * A backend promises at most two threads more than those that compute, whose caller brings one: while one program of it is compiled
     * at a time, these stay within that.
     */
    private static final int MOST = 3;

    private DeepThreads() {}

    /** What {@code work} gives; what it throws is thrown here. */
    public static <T> T call(Supplier<T> work) {
        return map(List.of(work), Supplier::get).getFirst();
    }

    /**
     * What {@code work} gives for each item, in their order, computed on a few threads. What it throws is
     * thrown here, when all threads have ended.
     */
    public static <A, R> List<R> map(List<A> items, Function<A, R> work) {
        List<AtomicReference<R>> results =
                items.stream().map(item -> new AtomicReference<R>()).toList();
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable loop = () -> {
            try {
                for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                    results.get(i).set(work.apply(items.get(i)));
                }
            } catch (RuntimeException | Error thrown) {
                next.set(items.size());
                failure.compareAndSet(null, thrown);
            }
        };
        List<Thread> threads = new ArrayList<>();
        int count = Math.min(items.size(), most());
        for (int i = 0; i < count; i++) {
            threads.add(start(loop, i));
        }
        threads.forEach(DeepThreads::await);
        switch (failure.get()) {
            case RuntimeException thrown -> throw thrown;
            case Error thrown -> throw thrown;
            case null, default -> {}
        }
        return results.stream().map(AtomicReference::get).toList();
    }

    /**
     * Begins {@code work} on a thread of its own.
     *
     * @return waits for what it gives; what it throws is thrown there
     */
    public static <T> Supplier<T> begin(Supplier<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        start(
                () -> {
                    try {
                        result.complete(work.get());
                    } catch (RuntimeException | Error thrown) {
                        result.completeExceptionally(thrown);
                    }
                },
                0);
        return () -> {
            try {
                return result.join();
            } catch (CompletionException failure) {
                switch (failure.getCause()) {
                    case RuntimeException thrown -> throw thrown;
                    case Error thrown -> throw thrown;
                    case null, default -> throw failure;
                }
            }
        };
    }

    /** How many threads may work at once. */
    static int most() {
        return Math.min(MOST, Runtime.getRuntime().availableProcessors());
    }

    static Thread start(Runnable work, int number) {
        Thread thread = new Thread(null, work, "weft-compile-" + number, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** An interruption is left for the caller to see: the work is not stopped half-way. */
    static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
