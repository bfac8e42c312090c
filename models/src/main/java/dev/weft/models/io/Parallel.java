package dev.weft.models.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The same for each of several things, on several threads that are gone afterwards: no pool stays behind in a process. */
public final class Parallel {

    private Parallel() {}

    /** Either what came out, or what was thrown. */
    private record Outcome<R>(@Nullable R result, @Nullable Throwable thrown) {}

    /** As many threads as there are processors. */
    public static int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * {@code each} of every item, in the order of the items. Where several fail, the first one's failure is thrown.
     *
     * @param threads the most to use; this one works too
     * @param each does not care which thread it runs on
     */
    public static <T, R> List<R> map(List<T> items, int threads, Function<T, R> each) {
        AtomicReferenceArray<Outcome<R>> outcomes = new AtomicReferenceArray<>(items.size());
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                outcomes.set(i, outcome(items.get(i), each));
            }
        };
        List<Thread> helpers = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, items.size()); i++) {
            helpers.add(Thread.ofPlatform().daemon().name("weft-map-" + i).start(work));
        }
        work.run();
        helpers.forEach(Parallel::join);
        List<R> results = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            results.add(result(outcomes.get(i)));
        }
        return results;
    }

    private static <T, R> Outcome<R> outcome(T item, Function<T, R> each) {
        try {
            return new Outcome<>(each.apply(item), null);
        } catch (RuntimeException | Error e) {
            return new Outcome<>(null, e);
        }
    }

    private static <R> R result(Outcome<R> outcome) {
        switch (outcome.thrown()) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> {
                return Objects.requireNonNull(outcome.result());
            }
        }
    }

    /** Waits to the end, whatever interrupts: the items are shared. */
    private static void join(Thread helper) {
        boolean interrupted = false;
        while (true) {
            try {
                helper.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
