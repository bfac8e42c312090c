package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the driver is told, by a driver that is in Java. */
class DriverDeviceTest {
    private final JavaDriver driver = new JavaDriver();

    private DriverDevice open() {
        return DriverDevice.of(driver.open(), 0, Libraries.in(List.of()), () -> name -> Optional.empty());
    }

    @Test
    void readsTheFacts() {
        try (DriverDevice device = open()) {
            assertThat(device.facts())
                    .isEqualTo(new DeviceFacts(
                            "described H200", 9, 0, 132, 2048, 232_448, 50L << 20, JavaDriver.MEMORY_BYTES));
            assertThat(device.facts().architecture()).isEqualTo("sm_90a");
        }
        assertThat(driver.calls(DriverFunction.CONTEXT_RETAIN, DriverFunction.CONTEXT_RELEASE))
                .containsExactly("CONTEXT_RETAIN(*,7)", "CONTEXT_RELEASE(7)");
    }

    @Test
    void anOldDriverIsASentence() {
        driver.version = 12_040;
        assertThatThrownBy(driver::open)
                .isInstanceOf(MachineException.class)
                .hasMessage("cuda backend: NVIDIA's driver must support CUDA 13.0, but the one here supports 12.4;"
                        + " install driver 580 or later");
    }

    @Test
    void noDeviceIsASentence() {
        driver.failures.put(DriverFunction.INIT, 100);
        assertThatThrownBy(driver::open)
                .isInstanceOf(MachineException.class)
                .hasMessage("cuda device: looking for devices failed with CUDA_ERROR_100 (100): what it means");
        assertThat(driver.calls).doesNotContain("DEVICE_COUNT(*)");
    }

    @Test
    void tooLittleMemorySaysWhatIsNeededAndFree() {
        try (DriverDevice device = open()) {
            device.allocate(1 << 19, "weights");
            assertThatThrownBy(() -> device.allocate(1 << 20, "temporaries"))
                    .isInstanceOfSatisfying(OutOfDeviceMemory.class, lack -> {
                        assertThat(lack.neededBytes()).isEqualTo(1 << 20);
                        assertThat(lack.availableBytes()).isEqualTo(1 << 19);
                    })
                    .hasMessageStartingWith(
                            "device memory: temporaries need 1.0 MiB, but described H200 has 512.0 KiB free");
        }
    }

    @Test
    void launchesWithParametersInOneBlock() {
        try (DriverDevice device = open();
                Arena arena = Arena.ofConfined()) {
            long stream = device.stream();
            long function = device.function(device.load(new byte[] {1, 2, 3}), "kernel", 100_000);
            MemorySegment parameters = arena.allocateFrom(ValueLayout.JAVA_LONG, 5, -1, 1L << 40);
            device.launch(stream, function, new Grid(70_000, 3, 128, 512), parameters);
            assertThat(driver.launched).containsExactly(5L, -1L, 1L << 40);
            assertThat(driver.calls(DriverFunction.LAUNCH, DriverFunction.FUNCTION_ATTRIBUTE))
                    .containsExactly(
                            "FUNCTION_ATTRIBUTE(%d,8,100000)".formatted(function),
                            "LAUNCH(%d,70000,3,1,128,1,1,512,%d,0,*)".formatted(function, stream));
        }
    }

    @Test
    void copiesAndFillsAsMuchAsTheyAreGiven() {
        try (DriverDevice device = open()) {
            long stream = device.stream();
            MemorySegment host = Arena.ofAuto().allocate(100, 8);
            device.fill(stream, 4096, (byte) -1, 77);
            device.copy(stream, 4096, 8192, 78);
            device.copyIn(stream, 4096, host.asSlice(0, 79));
            device.copyOut(stream, host.asSlice(0, 80), 4096);
            device.copyOut(stream, host.asSlice(0, 0), 4096);
            device.fill(stream, 4096, (byte) 0, 0);
            assertThat(driver.calls(
                            DriverFunction.FILL, DriverFunction.COPY, DriverFunction.COPY_IN, DriverFunction.COPY_OUT))
                    .containsExactly(
                            "FILL(4096,255,77,%d)".formatted(stream),
                            "COPY(4096,8192,78,%d)".formatted(stream),
                            "COPY_IN(4096,*,79,%d)".formatted(stream),
                            "COPY_OUT(*,4096,80,%d)".formatted(stream));
        }
    }

    @Test
    void aGraphIsRecordedAndMadeReadyOnce() {
        try (DriverDevice device = open()) {
            long stream = device.stream();
            device.beginCapture(stream);
            long graph = device.endCapture(stream);
            device.replay(stream, graph);
            device.replay(stream, graph);
            long recorded = graph - 1;
            assertThat(driver.calls(
                            DriverFunction.CAPTURE_BEGIN,
                            DriverFunction.CAPTURE_END,
                            DriverFunction.GRAPH_INSTANTIATE,
                            DriverFunction.GRAPH_DESTROY,
                            DriverFunction.GRAPH_LAUNCH))
                    .containsExactly(
                            "CAPTURE_BEGIN(%d,2)".formatted(stream),
                            "CAPTURE_END(%d,*)".formatted(stream),
                            "GRAPH_INSTANTIATE(*,%d,0)".formatted(recorded),
                            "GRAPH_DESTROY(%d)".formatted(recorded),
                            "GRAPH_LAUNCH(%d,%d)".formatted(graph, stream),
                            "GRAPH_LAUNCH(%d,%d)".formatted(graph, stream));
        }
    }

    @Test
    void aMarkIsAPartOfTheGraph() {
        try (DriverDevice device = open()) {
            long stream = device.stream();
            long event = device.event();
            device.beginCapture(stream);
            device.mark(event, stream);
            assertThat(driver.calls).endsWith("EVENT_RECORD_FLAGS(%d,%d,1)".formatted(event, stream));
        }
    }

    @Test
    void closingEndsWhatIsLeftUsersFirst() {
        DriverDevice device = open();
        long memory = device.allocate(100, "x");
        long freed = device.allocate(100, "y");
        long stream = device.stream();
        long event = device.event();
        long module = device.load(new byte[8]);
        device.free(freed);
        driver.calls.clear();
        device.close();
        device.close();
        assertThat(driver.calls)
                .containsExactly(
                        "EVENT_DESTROY(%d)".formatted(event),
                        "STREAM_DESTROY(%d)".formatted(stream),
                        "MODULE_UNLOAD(%d)".formatted(module),
                        "MEMORY_FREE(%d)".formatted(memory),
                        "CONTEXT_RELEASE(7)");
        assertThatThrownBy(() -> device.free(memory)).isInstanceOf(DefectException.class);
    }

    @Test
    void statusesSayWhatWasBeingDoneAndWhoseFaultItIs() {
        try (DriverDevice device = open()) {
            long stream = device.stream();
            driver.failures.put(DriverFunction.STREAM_SYNCHRONIZE, 700);
            assertThatThrownBy(() -> device.synchronize(stream))
                    .isInstanceOf(DefectException.class)
                    .hasMessage("cuda device: waiting for the device failed with CUDA_ERROR_700 (700): what it means;"
                            + " what was given to the device before is the cause: WEFT_JAVA_OPTS=-Dweft.cuda.stepwise=true"
                            + " runs it piece by piece and names the piece");
            driver.failures.put(DriverFunction.STREAM_SYNCHRONIZE, 719);
            assertThatThrownBy(() -> device.synchronize(stream)).isInstanceOf(MachineException.class);
            driver.failures.put(DriverFunction.CAPTURE_BEGIN, 900);
            assertThatThrownBy(() -> device.beginCapture(stream)).isInstanceOf(DefectException.class);
        }
    }

    @Test
    void anotherThreadEntersTheContextOnce() throws InterruptedException {
        try (DriverDevice device = open()) {
            long stream = device.stream();
            driver.calls.clear();
            Thread other = new Thread(() -> {
                device.synchronize(stream);
                device.synchronize(stream);
            });
            other.start();
            other.join();
            device.synchronize(stream);
            assertThat(driver.calls)
                    .extracting(call -> call.substring(0, call.indexOf('(')))
                    .containsExactly(
                            "CONTEXT_CURRENT",
                            "STREAM_SYNCHRONIZE",
                            "STREAM_SYNCHRONIZE",
                            "CONTEXT_CURRENT",
                            "STREAM_SYNCHRONIZE");
        }
    }

    /** The C library's sched_yield stands in for what launches: it takes no arguments and returns 0. */
    @Test
    void aLaunchAllocatesNothing() {
        SymbolLookup java = new JavaLibrary<>(DriverFunction.class, driver);
        SymbolLookup yielding = name -> name.equals(DriverFunction.LAUNCH.symbol())
                ? Linker.nativeLinker().defaultLookup().find("sched_yield")
                : java.find(name);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (DriverDevice device = DriverDevice.of(Driver.open(yielding), 0, Libraries.in(List.of()), () -> yielding);
                Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocate(ValueLayout.JAVA_LONG, 10);
            Grid grid = new Grid(4, 128);
            for (int i = 0; i < 50_000; i++) {
                device.launch(1, 2, grid, parameters);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                device.launch(1, 2, grid, parameters);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        }
    }
}
