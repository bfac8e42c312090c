package dev.weft.backend.cpu.runtime;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps in an order in which they can run one after the other, and how far a thread may go ahead of the others: it begins a step as soon
 * as all threads have done those that the step must not overtake.
 */
public final class Walk {
    private final List<Step> steps;
    private final int[] after;

    /**
     * @param after for each step the number of the last one before it that all threads must have done, with all before that; −1 if
     *     there is none
     */
    public Walk(List<? extends Step> steps, int[] after) {
        this.steps = List.copyOf(steps);
        this.after = after.clone();
        if (this.after.length != this.steps.size()) {
            throw new IllegalArgumentException("walk: must have as many bounds as steps, got %d for %d"
                    .formatted(this.after.length, this.steps.size()));
        }
        for (int i = 0; i < this.after.length; i++) {
            if (this.after[i] < -1 || this.after[i] >= i) {
                throw new IllegalArgumentException(
                        "walk: step %d must wait for one before it, got %d".formatted(i, this.after[i]));
            }
        }
    }

    /** Steps of which each waits for all before it. */
    public static Walk inOrder(List<? extends Step> steps) {
        return new Walk(steps, IntStream.range(-1, steps.size() - 1).toArray());
    }

    public int size() {
        return after.length;
    }

    public Step step(int number) {
        return steps.get(number);
    }

    /** The number of the last step that all threads must have done before this one. */
    public int after(int number) {
        return after[number];
    }

    /** The same with other steps, number by number. */
    public Walk with(List<? extends Step> others) {
        return new Walk(others, after);
    }

    public List<Step> steps() {
        return steps;
    }
}
