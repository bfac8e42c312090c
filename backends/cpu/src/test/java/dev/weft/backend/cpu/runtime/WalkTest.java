package dev.weft.backend.cpu.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalkTest {

    /** Each step sees that what it must not overtake has been done by all threads, as often as the walk was run. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void aStepBeginsWhenAllHaveDoneWhatItMustNotOvertake(int threads) {
        int size = 150;
        int repeats = 60;
        Random random = new Random(threads);
        AtomicIntegerArray counts = new AtomicIntegerArray(size);
        AtomicInteger round = new AtomicInteger();
        List<String> early = new ArrayList<>();
        AtomicBoolean isEarly = new AtomicBoolean();
        List<Step> steps = new ArrayList<>();
        int[] after = new int[size];
        for (int i = 0; i < size; i++) {
            int number = i;
            after[i] = Math.max(-1, i - 1 - random.nextInt(6));
            boolean single = random.nextInt(4) == 0;
            Step step = (thread, team) -> {
                int must = round.get();
                for (int before = 0; before <= after[number]; before++) {
                    int each = steps.get(before).isSingle() ? 1 : team;
                    if (counts.get(before) < must * each) {
                        isEarly.set(true);
                    }
                }
                for (int spins = (number * 7 + thread * 31) % 50 * 20; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                counts.incrementAndGet(number);
            };
            steps.add(single ? Step.single(() -> step.run(0, threads)) : step);
        }
        try (ThreadPool pool = new ThreadPool(threads, () -> {})) {
            Walk walk = new Walk(steps, after);
            for (int repeat = 1; repeat <= repeats; repeat++) {
                round.set(repeat);
                pool.run(walk);
                if (isEarly.get()) {
                    early.add("run " + repeat);
                }
            }
        }
        assertThat(early).isEmpty();
        for (int i = 0; i < size; i++) {
            assertThat(counts.get(i)).isEqualTo(repeats * (steps.get(i).isSingle() ? 1 : threads));
        }
    }

    @Test
    void aThreadGoesOnWhileAnotherOneIsStillAtTheStepBefore() {
        AtomicBoolean isAhead = new AtomicBoolean();
        Step slow = (thread, team) -> {
            while (thread == 0 && !isAhead.get()) {
                Thread.onSpinWait();
            }
        };
        Step next = (thread, team) -> {
            if (thread == 1) {
                isAhead.set(true);
            }
        };
        try (ThreadPool pool = new ThreadPool(2, () -> {})) {
            pool.run(new Walk(List.of(slow, next), new int[] {-1, -1}));
        }
        assertThat(isAhead).isTrue();
    }

    @Test
    void whoIsAheadStopsWhenAStepFails() {
        AtomicInteger later = new AtomicInteger();
        Step failing = (thread, team) -> {
            if (thread == 0) {
                throw new IllegalStateException("late");
            }
        };
        Step free = (thread, team) -> {};
        Step bound = (thread, team) -> later.incrementAndGet();
        try (ThreadPool pool = new ThreadPool(3, () -> {})) {
            Walk walk = new Walk(List.of(failing, free, bound), new int[] {-1, -1, 0});
            for (int repeat = 0; repeat < 500; repeat++) {
                assertThatThrownBy(() -> pool.run(walk)).hasMessage("late");
            }
            assertThat(later).hasValue(0);
            pool.run(List.of(bound));
            assertThat(later).hasValue(3);
        }
    }

    @Test
    void aStepWaitsOnlyForThoseBeforeIt() {
        Step step = (thread, team) -> {};
        assertThatThrownBy(() -> new Walk(List.of(step, step), new int[] {-1, 1}))
                .hasMessage("walk: step 1 must wait for one before it, got 1");
        assertThatThrownBy(() -> new Walk(List.of(step), new int[0]))
                .hasMessage("walk: must have as many bounds as steps, got 0 for 1");
    }
}
