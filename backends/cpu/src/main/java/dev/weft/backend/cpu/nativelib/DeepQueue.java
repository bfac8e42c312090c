package dev.weft.backend.cpu.nativelib;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Work that is handed over piece by piece and done meanwhile, on as many threads with deep stacks as {@link DeepThreads} may have at
 * most; of the pieces that wait, the largest first. One thread hands over.
 */
public final class DeepQueue<A, R> implements AutoCloseable {
    private final Function<A, R> work;
    private final PriorityQueue<Piece<A, R>> waiting =
            new PriorityQueue<>(Comparator.comparingLong((Piece<A, R> piece) -> -piece.size()));
    private final List<Thread> threads = new ArrayList<>();
    private int idle;
    private boolean complete;
    private @Nullable Throwable failure;

    private record Piece<A, R>(A item, long size, CompletableFuture<R> result) {}

    /** @param work what is done for each item; on many threads at once */
    public DeepQueue(Function<A, R> work) {
        this.work = work;
    }

    /**
     * Hands an item over.
     *
     * @param size by which the largest is told
     * @return the result, which is there after {@link #finish}
     */
    public synchronized CompletableFuture<R> add(A item, long size) {
        CompletableFuture<R> result = new CompletableFuture<>();
        waiting.add(new Piece<>(item, size, result));
        if (idle < waiting.size() && threads.size() < DeepThreads.most()) {
            threads.add(DeepThreads.start(this::workOff, threads.size()));
        }
        notifyAll();
        return result;
    }

    private void workOff() {
        for (Piece<A, R> piece = next(); piece != null; piece = next()) {
            try {
                piece.result().complete(work.apply(piece.item()));
            } catch (RuntimeException | Error thrown) {
                fail(thrown);
            }
        }
    }

    private synchronized @Nullable Piece<A, R> next() {
        idle++;
        while (waiting.isEmpty() && !complete) {
            try {
                wait();
            } catch (InterruptedException stop) {
                complete = true; // nobody interrupts these threads but who ends the process
            }
        }
        idle--;
        return waiting.poll();
    }

    private synchronized void fail(Throwable thrown) {
        waiting.clear();
        failure = failure == null ? thrown : failure;
    }

    /** Waits until all is done. What the work threw is thrown here. */
    public void finish() {
        end();
        Throwable thrown;
        synchronized (this) {
            thrown = failure;
        }
        switch (thrown) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case null, default -> {}
        }
    }

    private void end() {
        synchronized (this) {
            complete = true;
            notifyAll();
        }
        threads.forEach(DeepThreads::await);
    }

    /** Gives up what waits, and waits for what is under way. */
    @Override
    public void close() {
        synchronized (this) {
            waiting.clear();
        }
        end();
    }
}
