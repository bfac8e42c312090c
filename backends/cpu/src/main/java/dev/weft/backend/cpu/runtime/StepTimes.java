package dev.weft.backend.cpu.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Notes when each thread begins and ends each of a list of steps, in memory that is there before; every run writes over the one before.
 * Each thread has lines of its own, so that noting slows nobody else.
 */
public final class StepTimes {
    private final List<Step> steps = new ArrayList<>();
    private final long[][] byThread;

    /** Times for {@code steps}: {@link #steps} are to be run in their place. */
    public StepTimes(List<? extends Step> steps, int threads) {
        this.byThread = new long[threads][2 * steps.size()];
        for (int i = 0; i < steps.size(); i++) {
            this.steps.add(timed(i, steps.get(i)));
        }
    }

    private Step timed(int number, Step step) {
        return new Step() {
            @Override
            public void run(int thread, int threads) {
                long begin = System.nanoTime();
                step.run(thread, threads);
                long end = System.nanoTime();
                long[] times = byThread[thread];
                times[2 * number] = begin;
                times[2 * number + 1] = end;
            }

            @Override
            public boolean isSingle() {
                return step.isSingle();
            }
        };
    }

    /** The steps, each noting its times. */
    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /** Of the last run, for each step and in it for each thread: beginning and end, as {@link System#nanoTime} tells them. */
    public long[] nanos() {
        int threads = byThread.length;
        long[] nanos = new long[2 * steps.size() * threads];
        for (int step = 0; step < steps.size(); step++) {
            for (int thread = 0; thread < threads; thread++) {
                nanos[2 * (step * threads + thread)] = byThread[thread][2 * step];
                nanos[2 * (step * threads + thread) + 1] = byThread[thread][2 * step + 1];
            }
        }
        return nanos;
    }
}
