package dev.weft.backend.spi;

import java.util.List;

/**
 * When each thread began and ended each step of one run of an entry. All times are those of {@link System#nanoTime}. Between the end
 * of a step and the beginning of the next a thread waits for the others, as far as the next step needs what they do.
 */
public final class Timeline {

    /** Of a step that is part of no region, such as a copy. */
    public static final int NO_REGION = -1;

    private final List<Step> steps;
    private final int threads;
    private final long begin;
    private final long end;
    private final long[] nanos;

    /**
     * What all threads do together before they go on to what comes next.
     *
     * @param name what the backend calls it: a kernel, a product and its sizes
     * @param region the number of the region it is a part of, in the schedule that the backend's fusion model gives for the entry;
     *     {@link #NO_REGION} if it is part of none
     */
    public record Step(String name, int region) {}

    /**
     * @param begin when the run began, before its inputs were taken
     * @param end when it ended
     * @param nanos for each step and in it for each thread two numbers: beginning and end
     */
    public Timeline(List<Step> steps, int threads, long begin, long end, long[] nanos) {
        if (nanos.length != 2L * steps.size() * threads) {
            throw new IllegalArgumentException(
                    "timeline: must have two times for each of %d steps and %d threads, got %d"
                            .formatted(steps.size(), threads, nanos.length));
        }
        this.steps = List.copyOf(steps);
        this.threads = threads;
        this.begin = begin;
        this.end = end;
        this.nanos = nanos.clone();
    }

    /** The steps, in the order in which they ran. */
    public List<Step> steps() {
        return steps;
    }

    public int threads() {
        return threads;
    }

    public long begin() {
        return begin;
    }

    public long end() {
        return end;
    }

    /** When a thread began a step. */
    public long begin(int step, int thread) {
        return nanos[2 * (step * threads + thread)];
    }

    /** When a thread had done its share of a step. */
    public long end(int step, int thread) {
        return nanos[2 * (step * threads + thread) + 1];
    }
}
