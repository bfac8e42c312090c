package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cpu.runtime.Step;
import dev.weft.backend.cpu.runtime.Walk;
import dev.weft.backend.spi.Timeline;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepOrderTest {
    private static final Step NOTHING = (thread, threads) -> {};
    private final MemorySegment memory = Arena.ofAuto().allocate(100);
    private final StepOrder order = new StepOrder();

    private void all(String name, List<Integer> reads, List<Integer> writes) {
        add(name, reads, writes, false);
    }

    private void finish(String name, List<Integer> reads, List<Integer> writes) {
        add(name, reads, writes, true);
    }

    private void add(String name, List<Integer> reads, List<Integer> writes, boolean finishes) {
        List<MemorySegment> touched = new ArrayList<>(tens(reads));
        touched.addAll(tens(writes));
        StepOrder.Effects effects = StepOrder.Effects.of(touched, tens(writes), false);
        order.add(NOTHING, new Timeline.Step(name, 0), effects, finishes);
    }

    /** Number n stands for bytes 10 n to 10 n + 9. */
    private List<MemorySegment> tens(List<Integer> numbers) {
        return numbers.stream().map(number -> memory.asSlice(10 * number, 10)).toList();
    }

    private List<Integer> after() {
        Walk walk = order.walk();
        return IntStream.range(0, walk.size()).map(walk::after).boxed().toList();
    }

    private List<String> names() {
        return order.parts().stream().map(Timeline.Step::name).toList();
    }

    @Test
    void readersOfOneTensorDoNotWaitForEachOther() {
        all("dy", List.of(), List.of(0));
        all("dx", List.of(0, 1), List.of(2));
        all("dw", List.of(0, 3), List.of(4));
        all("norm", List.of(2), List.of(5));
        assertThat(after()).containsExactly(-1, 0, 0, 1);
    }

    @Test
    void whatIsReadIsNotOverwrittenBefore() {
        all("read", List.of(0), List.of(1));
        all("other", List.of(2), List.of(3));
        all("overwrite", List.of(2), List.of(0));
        all("again", List.of(2), List.of(0));
        assertThat(after()).containsExactly(-1, -1, 0, 2);
    }

    @Test
    void nothingOvertakesACheckNorIsOvertakenByOne() {
        all("a", List.of(0), List.of(1));
        order.add(NOTHING, new Timeline.Step("check", 0), StepOrder.Effects.of(List.of(), List.of(), true), false);
        all("b", List.of(3), List.of(4));
        assertThat(after()).containsExactly(-1, 0, 1);
    }

    @Test
    void whatCombinesPartialResultsWaitsUntilAllAreBusyElsewhere() {
        all("dw", List.of(0), List.of(1));
        finish("sum", List.of(1), List.of(2));
        all("dx", List.of(0), List.of(3));
        all("norm", List.of(3), List.of(4));
        all("total", List.of(2), List.of(5));
        order.delayFinishing();
        assertThat(names()).containsExactly("dw", "dx", "norm", "sum", "total");
        assertThat(after()).containsExactly(-1, -1, 1, 0, 3);
    }

    @Test
    void memoryOfNoBytesHindersNobody() {
        MemorySegment none = memory.asSlice(15, 0);
        List<MemorySegment> some = tens(List.of(1));
        order.add(NOTHING, new Timeline.Step("a", 0), StepOrder.Effects.of(some, some, false), false);
        order.add(NOTHING, new Timeline.Step("b", 0), StepOrder.Effects.of(List.of(none), List.of(none), false), false);
        assertThat(after()).containsExactly(-1, -1);
    }
}
