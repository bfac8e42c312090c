package dev.weft.backend.cpu.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.DefectException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadPoolTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyStepSeesAllOfTheStepsBefore(int threads) {
        try (ThreadPool pool = new ThreadPool(threads, () -> {})) {
            AtomicIntegerArray counts = new AtomicIntegerArray(200);
            AtomicInteger wrong = new AtomicInteger();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int index = i;
                steps.add((thread, team) -> {
                    if (index > 0 && counts.get(index - 1) % team != 0) {
                        wrong.incrementAndGet();
                    }
                    counts.incrementAndGet(index);
                });
            }
            for (int repeat = 0; repeat < 50; repeat++) {
                pool.run(steps);
            }
            assertThat(wrong).hasValue(0);
            assertThat(counts.get(199)).isEqualTo(50 * threads);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void stepsOfOneThreadRunInOrderAndOthersSeeThem(int threads) {
        try (ThreadPool pool = new ThreadPool(threads, () -> {})) {
            int[] written = {0};
            AtomicInteger wrong = new AtomicInteger();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                int before = 2 * i;
                steps.add(Step.single(() -> written[0] = before + 1));
                steps.add(Step.single(() -> written[0] += written[0] == before + 1 ? 1 : 1000));
                steps.add((thread, team) -> {
                    if (written[0] != before + 2) {
                        wrong.incrementAndGet();
                    }
                });
            }
            for (int repeat = 0; repeat < 20; repeat++) {
                pool.run(steps);
            }
            assertThat(wrong).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aStepOfOneThreadThatThrowsEndsTheRun(int failing) {
        try (ThreadPool pool = new ThreadPool(3, () -> {})) {
            AtomicInteger after = new AtomicInteger();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                boolean fails = i == failing;
                steps.add(Step.single(() -> {
                    if (fails) {
                        throw new IllegalStateException("one");
                    }
                }));
            }
            steps.add((thread, team) -> after.incrementAndGet());
            for (int repeat = 0; repeat < 20; repeat++) {
                assertThatThrownBy(() -> pool.run(steps)).hasMessage("one");
            }
            assertThat(after).hasValue(0);
            pool.run(List.of((thread, team) -> after.incrementAndGet()));
            assertThat(after).hasValue(3);
        }
    }

    @Test
    void unitsAreAllTakenOnce() {
        for (int threads = 1; threads <= 5; threads++) {
            for (long units = 0; units < 12; units++) {
                long next = 0;
                for (int thread = 0; thread < threads; thread++) {
                    assertThat(Step.firstUnit(units, thread, threads)).isEqualTo(next);
                    next = Step.firstUnit(units, thread + 1, threads);
                }
                assertThat(next).isEqualTo(units);
            }
        }
    }

    @Test
    void whatAStepThrowsIsThrownByRunAndThePoolGoesOn() {
        try (ThreadPool pool = new ThreadPool(3, () -> {})) {
            AtomicInteger after = new AtomicInteger();
            List<Step> failing = List.of(
                    (thread, threads) -> {
                        if (thread == 2) {
                            throw new IllegalStateException("third");
                        }
                    },
                    (thread, threads) -> after.incrementAndGet());
            assertThatThrownBy(() -> pool.run(failing))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("third");
            assertThat(after).hasValue(0);
            pool.run(List.of((thread, threads) -> after.incrementAndGet()));
            assertThat(after).hasValue(3);
        }
    }

    @Test
    void aRunRightAfterAFailureIsWalkedByAllThreads() {
        try (ThreadPool pool = new ThreadPool(3, () -> {})) {
            List<Step> failing = new ArrayList<>();
            failing.add((thread, threads) -> {
                throw new IllegalStateException("at once");
            });
            AtomicInteger stray = new AtomicInteger();
            for (int i = 0; i < 20; i++) {
                failing.add((thread, threads) -> stray.incrementAndGet());
            }
            AtomicInteger walked = new AtomicInteger();
            for (int repeat = 1; repeat <= 2_000; repeat++) {
                assertThatThrownBy(() -> pool.run(failing)).hasMessage("at once");
                pool.run(List.of((thread, threads) -> walked.incrementAndGet()));
                assertThat(walked).hasValue(3 * repeat);
            }
            assertThat(stray).hasValue(0);
        }
    }

    @Test
    void callersTakeTurns() throws InterruptedException {
        try (ThreadPool pool = new ThreadPool(2, () -> {})) {
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < 4; caller++) {
                int self = caller;
                List<Step> steps = Collections.nCopies(10, (thread, threads) -> order.add(self));
                callers.add(Thread.ofPlatform().start(() -> pool.run(steps)));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(order).hasSize(80);
            for (int i = 0; i < 80; i += 20) {
                assertThat(order.subList(i, i + 20)).containsOnly(order.get(i));
            }
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterwardsIsRefused() {
        ThreadPool pool = new ThreadPool(2, () -> {});
        pool.close();
        pool.close();
        assertThatThrownBy(() -> pool.run(List.of()))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void memoryIsZeroedAlignedAndCounted() {
        long before = NativeMemory.liveBytes();
        NativeMemory memory = new NativeMemory();
        var large = memory.allocate(5 << 20, "test");
        var small = memory.allocate(3, "test");
        assertThat(large.address() % (2 << 20)).isZero();
        assertThat(small.address() % 64).isZero();
        assertThat(large.get(java.lang.foreign.ValueLayout.JAVA_LONG, (5 << 20) - 8))
                .isZero();
        assertThat(memory.bytes()).isEqualTo((6 << 20) + 64);
        assertThat(NativeMemory.liveBytes() - before).isEqualTo(memory.bytes());
        memory.close();
        memory.close();
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }
}
