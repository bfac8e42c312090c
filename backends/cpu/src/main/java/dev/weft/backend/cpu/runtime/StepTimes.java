package dev.weft.backend.cpu.runtime;

import java.util.ArrayList;
import java.util.List;

/**
 * Notes when each thread begins and ends each of a list of steps, in memory that is there before; every run writes over the one before.
 * Each thread has lines of its own, so that noting slows nobody else.
 */
public final class StepTimes {
    private final Walk walk;
    private final long[][] byThread;

    /** Times for the steps of {@code walk}: {@link #walk} is to be run in its place. */
    public StepTimes(Walk walk, int threads) {
        this.byThread = new long[threads][2 * walk.size()];
        List<Step> timed = new ArrayList<>();
        for (int i = 0; i < walk.size(); i++) {
            timed.add(timed(i, walk.step(i)));
        }
        this.walk = walk.with(timed);
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

    /** The same with steps that note their times. */
    public Walk walk() {
        return walk;
    }

    /** Of the last run, for each step and in it for each thread: beginning and end, as {@link System#nanoTime} tells them. */
    public long[] nanos() {
        int threads = byThread.length;
        long[] nanos = new long[2 * walk.size() * threads];
        for (int step = 0; step < walk.size(); step++) {
            for (int thread = 0; thread < threads; thread++) {
                nanos[2 * (step * threads + thread)] = byThread[thread][2 * step];
                nanos[2 * (step * threads + thread) + 1] = byThread[thread][2 * step + 1];
            }
        }
        return nanos;
    }
}
