package dev.weft.backend.cpu.nativelib;

import java.util.ArrayList;
import java.util.List;
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
        int count = Math.min(items.size(), Math.min(MOST, Runtime.getRuntime().availableProcessors()));
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(null, loop, "weft-compile-" + i, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        threads.forEach(DeepThreads::await);
        switch (failure.get()) {
            case RuntimeException thrown -> throw thrown;
            case Error thrown -> throw thrown;
            case null, default -> {}
        }
        return results.stream().map(AtomicReference::get).toList();
    }

    /** An interruption is left for the caller to see: the work is not stopped half-way. */
    private static void await(Thread thread) {
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
