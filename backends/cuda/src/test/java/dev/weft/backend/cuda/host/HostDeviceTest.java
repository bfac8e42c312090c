package dev.weft.backend.cuda.host;

import static dev.weft.backend.cuda.host.HostRun.function;
import static dev.weft.backend.cuda.host.HostRun.get;
import static dev.weft.backend.cuda.host.HostRun.kernel;
import static dev.weft.backend.cuda.host.HostRun.launch;
import static dev.weft.backend.cuda.host.HostRun.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The host device keeps to the interface's promises and to what CUDA allows. */
class HostDeviceTest {
    private static final Source ADD =
            kernel("add", 2, "KERNEL void add(float* y, i64 n) { if (thread() < n) y[thread()] += 1; }");

    private final HostDevice device = HostDevice.open(1 << 20, Order.FORWARD);
    private final long stream = device.stream();

    @AfterEach
    void close() {
        device.close();
        device.close();
    }

    @Test
    void countsMemoryAndSaysWhenThereIsNotEnough() {
        assertThat(device.freeBytes()).isEqualTo(1 << 20);
        long arena = device.allocate(1_000_000, "the arena");
        assertThat(arena % 256).isZero();
        assertThatThrownBy(() -> device.allocate(100_000, "the slab of parameters"))
                .isInstanceOf(OutOfDeviceMemory.class)
                .hasMessageStartingWith("device memory: the slab of parameters need 97.7 KiB, but host device has 47");
        device.free(arena);
        assertThat(device.freeBytes()).isEqualTo(1 << 20);
        assertThatThrownBy(() -> device.free(arena)).hasMessageContaining("in the arena, which has been freed");
    }

    @Test
    void freshMemoryIsNanAndFreedMemoryIsGone() {
        long address = device.allocate(64, "numbers");
        assertThat(get(device, address, 16)).containsOnly(Float.NaN);
        device.free(address);
        assertThatThrownBy(() -> get(device, address, 16)).isInstanceOf(DefectException.class);
        long add = function(device, ADD, 0);
        assertThatThrownBy(() -> launch(device, stream, add, new Grid(1, 32), address, 16))
                .hasMessageContaining("it is in numbers, which has been freed");
    }

    @Test
    void copiesAndFillsWithinAllocations() {
        long from = put(device, 1, 2, 3, 4);
        long to = put(device, new float[4]);
        device.copy(stream, to + 4, from, 12);
        assertThat(get(device, to, 4)).containsExactly(0, 1, 2, 3);
        device.fill(stream, to, (byte) 0, 8);
        assertThat(get(device, to, 4)).containsExactly(0, 0, 2, 3);
        assertThatThrownBy(() -> device.copy(stream, to + 8, from, 12))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("copy to: 12 bytes at 0x")
                .hasMessageEndingWith("must lie in one allocation; it is in numbers");
        assertThatThrownBy(() -> device.copyIn(stream, to, Arena.ofAuto().allocate(16)))
                .hasMessageContaining("must lie in pinned memory");
    }

    @Test
    void launchesAreChecked() {
        long y = put(device, new float[32]);
        long add = function(device, ADD, 0);
        assertThatThrownBy(() -> launch(device, stream, add, new Grid(1, 32), y))
                .isInstanceOf(DefectException.class)
                .hasMessage("kernel add: takes 2 parameters, launched with 1");
        assertThatThrownBy(() -> launch(device, stream, add, new Grid(1, 1, 32, 16), y, 1))
                .hasMessageContaining("at most 0 bytes of dynamic shared memory, got 16");
        long greedy = function(device, ADD, 1 << 20);
        assertThatThrownBy(() -> launch(device, stream, greedy, new Grid(1, 1, 32, 300_000), y, 1))
                .hasMessageContaining("must not take more than 232448 bytes of shared memory a block, takes 300000");
        assertThatThrownBy(() -> launch(device, 99, add, new Grid(1, 32), y, 1)).hasMessageContaining("stream");
        launch(device, stream, add, new Grid(1, 32), y, 1);
        assertThat(get(device, y, 2)).containsExactly(1, 0);
    }

    @Test
    void modulesAreCheckedAndUnloaded() {
        assertThatThrownBy(() -> device.load(new byte[100])).isInstanceOf(DefectException.class);
        long module = device.load(device.compiler().compile(List.of(ADD)).bytes());
        assertThatThrownBy(() -> device.function(module, "subtract", 0))
                .hasMessage("kernel subtract: must be in the module");
        device.unload(module);
        assertThatThrownBy(() -> device.function(module, "add", 0)).hasMessageContaining("module: there is none");
    }

    @Test
    void modulesLieSideBySide() {
        long y = put(device, 0);
        for (int i = 0; i < 50; i++) {
            String name = "set_" + i % 5;
            Source set =
                    kernel(name, 1, "KERNEL void %s(float* y) { if (thread() == 0) *y = %d; }".formatted(name, i % 5));
            long module = device.load(device.compiler().compile(List.of(set)).bytes());
            launch(device, stream, device.function(module, name, 0), new Grid(1, 32), y);
            assertThat(get(device, y, 1)).containsExactly(i % 5);
            if (i % 3 == 0) {
                device.unload(module);
            }
        }
    }

    @Test
    void eventsHaveTimes() {
        long first = device.event();
        long last = device.event();
        device.record(first, stream);
        assertThatThrownBy(() -> device.millis(first, last)).isInstanceOf(DefectException.class);
        device.record(last, stream);
        assertThat(device.millis(first, last)).isNotNegative();
        device.await(stream, last);
        device.synchronize(stream);
    }

    @Test
    void marksHaveTheTimesOfTheLastReplay() {
        long y = put(device, 0);
        long first = device.event();
        long last = device.event();
        assertThatThrownBy(() -> device.mark(first, stream)).isInstanceOf(DefectException.class);
        device.beginCapture(stream);
        device.mark(first, stream);
        device.fill(stream, y, (byte) 0, 4);
        device.mark(last, stream);
        long graph = device.endCapture(stream);
        assertThatThrownBy(() -> device.millis(first, last)).isInstanceOf(DefectException.class);
        device.replay(stream, graph);
        assertThat(device.millis(first, last)).isNotNegative();
        assertThat(device.millis(last, first)).isNotPositive();
    }

    @Test
    void aCaptureRunsNothingAndItsGraphAllOfItEachTime() {
        long y = put(device, new float[32]);
        long add = function(device, ADD, 0);
        MemorySegment staging = device.pinned(4, "a number");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocateFrom(ValueLayout.JAVA_LONG, y, 2);
            device.beginCapture(stream);
            device.copyIn(stream, y, staging);
            device.launch(stream, add, new Grid(1, 32), parameters);
            // Parameters are those of the capture, contents of pinned memory those of the replay.
            parameters.set(ValueLayout.JAVA_LONG, 8, 32);
        }
        long graph = device.endCapture(stream);
        assertThat(get(device, y, 2)).containsExactly(0, 0);
        for (int replay = 1; replay < 4; replay++) {
            staging.set(ValueLayout.JAVA_FLOAT, 0, 10 * replay);
            device.replay(stream, graph);
            assertThat(get(device, y, 3)).containsExactly(10 * replay + 1, replay, 0);
        }
        device.endGraph(graph);
        assertThatThrownBy(() -> device.replay(stream, graph)).hasMessageContaining("graph: there is none");
    }

    @Test
    void aCaptureRefusesWhatCudaRefuses() {
        long y = device.allocate(64, "numbers");
        device.beginCapture(stream);
        assertThatThrownBy(() -> device.allocate(64, "numbers"))
                .isInstanceOf(DefectException.class)
                .hasMessage("allocate numbers: must not be done while a stream is captured");
        assertThatThrownBy(() -> device.free(y)).isInstanceOf(DefectException.class);
        assertThatThrownBy(() -> device.synchronize(stream)).isInstanceOf(DefectException.class);
        assertThatThrownBy(() -> device.beginCapture(stream)).isInstanceOf(DefectException.class);
        device.endCapture(stream);
        device.synchronize(stream);
    }

    @Test
    void streamsJoinACaptureAndMustBeJoinedBack() {
        long y = put(device, 0);
        long other = device.stream();
        long begun = device.event();
        long done = device.event();
        device.beginCapture(stream);
        device.record(begun, stream);
        device.await(other, begun);
        device.fill(other, y, (byte) 0x40, 4);
        device.record(done, other);
        device.await(stream, done);
        long graph = device.endCapture(stream);
        assertThat(get(device, y, 1)).containsExactly(0);
        device.replay(stream, graph);
        assertThat(get(device, y, 1)).containsExactly(Float.intBitsToFloat(0x40404040));

        device.beginCapture(stream);
        device.record(begun, stream);
        device.await(other, begun);
        device.fill(other, y, (byte) 0, 4);
        assertThatThrownBy(() -> device.endCapture(stream)).hasMessageContaining("must be waited for");

        device.record(done, other);
        device.beginCapture(stream);
        assertThatThrownBy(() -> device.await(stream, done)).hasMessageContaining("recorded outside");
    }
}
