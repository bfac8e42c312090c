package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The device itself, where there is one: that each kind of call does what it says. */
@Tag("gpu")
class GpuTest {
    private static final Source SCALE = new Source("scale", """
            KERNEL void scale(float* x, u64 bits, i64 n) {
                i64 i = block() * threads() + thread();
                if (i < n) {
                    x[i] *= as_float((u32) bits);
                }
            }
            """, 3);

    private static final int COUNT = 1000;

    private DriverDevice device;
    private long stream;

    @BeforeEach
    void open() {
        Libraries libraries = Libraries.installed();
        Availability availability = Availability.of(libraries);
        Assumptions.assumeTrue(availability.possible(), availability.reason());
        device = DriverDevice.open(libraries, 0);
        stream = device.stream();
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    private long doubling() {
        return device.function(
                device.load(device.compiler().compile(List.of(SCALE)).bytes()), "scale", 0);
    }

    private static MemorySegment parameters(Arena arena, long address) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, address, Float.floatToRawIntBits(2), COUNT);
    }

    private MemorySegment values() {
        MemorySegment values = device.pinned(COUNT * 4L, "values");
        for (int i = 0; i < COUNT; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        }
        return values;
    }

    @Test
    void copiesAndLaunches() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = values();
            long x = device.allocate(COUNT * 4L, "x");
            long y = device.allocate(COUNT * 4L, "y");
            assertThat(x % 256).isZero();
            device.copyIn(stream, x, values);
            device.launch(stream, doubling(), new Grid(4, 256), parameters(arena, x));
            device.fill(stream, y, (byte) 0, COUNT * 4L);
            device.copy(stream, y, x, COUNT * 2L);
            device.copyOut(stream, values, y);
            device.synchronize(stream);
            for (int i = 0; i < COUNT; i++) {
                assertThat(values.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(i < COUNT / 2 ? 2 * i : 0);
            }
        }
    }

    @Test
    void aGraphIsReplayedWithTheSameParameters() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = values();
            long x = device.allocate(COUNT * 4L, "x");
            long function = doubling();
            device.copyIn(stream, x, values);
            device.beginCapture(stream);
            device.launch(stream, function, new Grid(4, 256), parameters(arena, x));
            long graph = device.endCapture(stream);
            long begin = device.event();
            long end = device.event();
            device.record(begin, stream);
            for (int i = 0; i < 3; i++) {
                device.replay(stream, graph);
            }
            device.record(end, stream);
            device.copyOut(stream, values, x);
            device.synchronize(stream);
            assertThat(device.millis(begin, end)).isPositive();
            assertThat(values.getAtIndex(ValueLayout.JAVA_FLOAT, 999)).isEqualTo(8 * 999);
        }
    }

    @Test
    void marksInAGraphHaveTheTimesOfItsLastReplay() {
        try (Arena arena = Arena.ofConfined()) {
            long x = device.allocate(COUNT * 4L, "x");
            long function = doubling();
            device.fill(stream, x, (byte) 0, COUNT * 4L);
            long begin = device.event();
            long middle = device.event();
            long end = device.event();
            device.beginCapture(stream);
            device.mark(begin, stream);
            device.launch(stream, function, new Grid(4, 256), parameters(arena, x));
            device.mark(middle, stream);
            for (int i = 0; i < 100; i++) {
                device.launch(stream, function, new Grid(4, 256), parameters(arena, x));
            }
            device.mark(end, stream);
            long graph = device.endCapture(stream);
            for (int i = 0; i < 2; i++) {
                device.replay(stream, graph);
                device.synchronize(stream);
                assertThat(device.millis(begin, middle)).isPositive();
                assertThat(device.millis(middle, end)).isGreaterThan(device.millis(begin, middle));
                assertThat(device.millis(begin, end)).isLessThan(1000);
            }
        }
    }

    @Test
    void productsAddTheirBias() {
        int rows = 48;
        int columns = 40;
        int depth = 64;
        Multiplication wanted = new Multiplication(
                Compute.F32,
                new Matrix(ElementType.F32, depth, rows, depth, 1, 0),
                true,
                new Matrix(ElementType.F32, depth, columns, depth, 1, 0),
                false,
                new Matrix(ElementType.F32, rows, columns, rows, 1, 0),
                0,
                Epilogue.BIAS);
        MemorySegment a = random(rows * depth, 1);
        MemorySegment b = random(columns * depth, 2);
        MemorySegment bias = random(rows, 3);
        MemorySegment d = device.pinned(rows * columns * 4L, "d");
        long onDevice = device.allocate(d.byteSize(), "d");
        long workspace = device.allocate(1 << 20, "workspace");
        long left = copied(a);
        long right = copied(b);
        long added = copied(bias);
        for (byte[] way : device.algorithms(wanted, 1 << 20, 4)) {
            long product = device.product(wanted, way);
            device.beginCapture(stream);
            device.multiply(stream, product, new Addresses(left, right, 0, onDevice, added, 0), workspace);
            long graph = device.endCapture(stream);
            device.replay(stream, graph);
            device.copyOut(stream, d, onDevice);
            device.synchronize(stream);
            device.endGraph(graph);
            device.endProduct(product);
            for (int i = 0; i < rows; i++) {
                for (int j = 0; j < columns; j++) {
                    double sum = bias.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    for (int k = 0; k < depth; k++) {
                        sum += (double) a.getAtIndex(ValueLayout.JAVA_FLOAT, i * depth + k)
                                * b.getAtIndex(ValueLayout.JAVA_FLOAT, j * depth + k);
                    }
                    assertThat((double) d.getAtIndex(ValueLayout.JAVA_FLOAT, j * rows + i))
                            .isCloseTo(sum, within(1e-4));
                }
            }
        }
    }

    private MemorySegment random(int count, long seed) {
        Random random = new Random(seed);
        MemorySegment values = device.pinned(count * 4L, "values");
        for (int i = 0; i < count; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        return values;
    }

    private long copied(MemorySegment values) {
        long address = device.allocate(values.byteSize(), "values");
        device.copyIn(stream, address, values);
        return address;
    }

    @Test
    void moreMemoryThanThereIsIsASentence() {
        assertThatThrownBy(() -> device.allocate(1L << 50, "everything"))
                .isInstanceOf(OutOfDeviceMemory.class)
                .hasMessageContaining("everything need");
    }
}
