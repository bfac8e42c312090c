package dev.weft.backend.cuda.calibration;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * That one kind of call does what {@link Device} says of it.
 *
 * @param name a few words
 * @param check ends in a {@link DefectException} with a sentence if it does not; the device is of no use afterwards
 */
record CallCheck(String name, Consumer<Device> check) {
    private static final Source DOUBLE = new Source("calibration_scale", """
            KERNEL void calibration_scale(float* x, u64 bits, i64 n) {
                i64 i = block() * threads() + thread();
                if (i < n) {
                    x[i] *= as_float((u32) bits);
                }
            }
            """, 3);

    private static final int COUNT = 1000;
    private static final int DEPTH = 64;
    private static final Grid GRID = new Grid(4, 256);
    private static final double TOLERANCE = 1e-4;

    static List<CallCheck> all() {
        return List.of(
                new CallCheck("copies, fills and launches", CallCheck::copies),
                new CallCheck("graphs", CallCheck::replays),
                new CallCheck("marks in graphs", CallCheck::marks),
                new CallCheck("events between streams", CallCheck::awaits),
                new CallCheck("products with a bias", CallCheck::products),
                new CallCheck("products with epilogues", EpilogueCheck::every),
                new CallCheck("too much memory", CallCheck::tooMuch));
    }

    /** Empty if the call does what it should, else a sentence. */
    String wrong(Device device) {
        try {
            check.accept(device);
            return "";
        } catch (RuntimeException failure) {
            return name + ": " + failure.getMessage();
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private static void require(boolean holds, String what, Object wanted, Object got) {
        if (!holds) {
            throw new DefectException("%s must be %s, got %s".formatted(what, wanted, got));
        }
    }

    /** Launches a kernel that doubles some numbers. */
    private static void twice(Device device, long stream, long function, long x) {
        try (Arena arena = Arena.ofConfined()) {
            device.launch(
                    stream,
                    function,
                    GRID,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, x, Float.floatToRawIntBits(2), COUNT));
        }
    }

    private static long doubling(Device device) {
        return device.function(
                device.load(device.compiler().compile(List.of(DOUBLE)).bytes()), DOUBLE.name(), 0);
    }

    private static MemorySegment ascending(Device device) {
        MemorySegment values = device.pinned(COUNT * 4L, "values");
        for (int i = 0; i < COUNT; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        }
        return values;
    }

    private static void copies(Device device) {
        long stream = device.stream();
        MemorySegment values = ascending(device);
        long x = device.allocate(COUNT * 4L, "x");
        long y = device.allocate(COUNT * 4L, "y");
        require(x % 256 == 0, "an address", "a multiple of 256", x);
        device.copyIn(stream, x, values);
        twice(device, stream, doubling(device), x);
        device.fill(stream, y, (byte) 0, COUNT * 4L);
        device.copy(stream, y, x, COUNT * 2L);
        device.copyOut(stream, values, y);
        device.synchronize(stream);
        for (int i = 0; i < COUNT; i++) {
            float wanted = i < COUNT / 2 ? 2 * i : 0;
            float got = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            require(got == wanted, "element " + i, wanted, got);
        }
    }

    /** Parameters are those of the recording, memory that of the replay. */
    private static void replays(Device device) {
        long stream = device.stream();
        MemorySegment values = ascending(device);
        long x = device.allocate(COUNT * 4L, "x");
        long function = doubling(device);
        device.copyIn(stream, x, values);
        device.beginCapture(stream);
        twice(device, stream, function, x);
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
        float last = values.getAtIndex(ValueLayout.JAVA_FLOAT, COUNT - 1);
        require(last == 8 * (COUNT - 1), "the last element after three replays", 8 * (COUNT - 1), last);
        float millis = device.millis(begin, end);
        require(millis > 0, "the time of three replays", "more than 0 ms", millis);
    }

    private static void marks(Device device) {
        long stream = device.stream();
        long x = device.allocate(COUNT * 4L, "x");
        long function = doubling(device);
        device.fill(stream, x, (byte) 0, COUNT * 4L);
        long[] marks = {device.event(), device.event(), device.event()};
        device.beginCapture(stream);
        for (long mark : marks) {
            device.mark(mark, stream);
            twice(device, stream, function, x);
        }
        long graph = device.endCapture(stream);
        for (int replay = 0; replay < 2; replay++) {
            device.replay(stream, graph);
            device.synchronize(stream);
            float first = device.millis(marks[0], marks[1]);
            float second = device.millis(marks[1], marks[2]);
            float both = device.millis(marks[0], marks[2]);
            require(first > 0 && second > 0, "times between marks", "more than 0 ms", first + " and " + second);
            require(Math.abs(both - first - second) < 0.01, "the time of both", first + second + " ms", both);
        }
    }

    private static void awaits(Device device) {
        long one = device.stream();
        long other = device.stream();
        MemorySegment values = ascending(device);
        long x = device.allocate(COUNT * 4L, "x");
        long function = doubling(device);
        long brought = device.event();
        device.copyIn(one, x, values);
        device.record(brought, one);
        device.await(other, brought);
        twice(device, other, function, x);
        device.copyOut(other, values, x);
        device.record(brought, other);
        device.waitFor(brought);
        float last = values.getAtIndex(ValueLayout.JAVA_FLOAT, COUNT - 1);
        require(last == 2 * (COUNT - 1), "the last element behind two streams", 2 * (COUNT - 1), last);
    }

    /** Every way that the library offers, in a graph. */
    private static void products(Device device) {
        int rows = 48;
        int columns = 40;
        Multiplication wanted = new Multiplication(
                Compute.F32,
                new Matrix(ElementType.F32, DEPTH, rows, DEPTH, 1, 0),
                true,
                new Matrix(ElementType.F32, DEPTH, columns, DEPTH, 1, 0),
                false,
                new Matrix(ElementType.F32, rows, columns, rows, 1, 0),
                0,
                Epilogue.BIAS);
        long stream = device.stream();
        MemorySegment a = random(device, rows * DEPTH, 1);
        MemorySegment b = random(device, columns * DEPTH, 2);
        MemorySegment bias = random(device, rows, 3);
        MemorySegment d = device.pinned(rows * columns * 4L, "d");
        long result = device.allocate(d.byteSize(), "d");
        Addresses at = new Addresses(
                copied(device, stream, a), copied(device, stream, b), 0, result, copied(device, stream, bias), 0);
        long workspace = device.allocate(1 << 20, "workspace");
        List<byte[]> ways = device.algorithms(wanted, 1 << 20, 4);
        require(!ways.isEmpty(), "ways to make a product with a bias", "one at least", 0);
        for (byte[] way : ways) {
            long product = device.product(wanted, way);
            device.beginCapture(stream);
            device.multiply(stream, product, at, workspace);
            long graph = device.endCapture(stream);
            device.replay(stream, graph);
            device.copyOut(stream, d, result);
            device.synchronize(stream);
            device.endGraph(graph);
            device.endProduct(product);
            for (int i = 0; i < rows * columns; i++) {
                double sum = sum(a, b, bias, i % rows, i / rows);
                float got = d.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                require(Math.abs(got - sum) < TOLERANCE, "element " + i, sum, got);
            }
        }
    }

    private static double sum(MemorySegment a, MemorySegment b, MemorySegment bias, int row, int column) {
        double sum = bias.getAtIndex(ValueLayout.JAVA_FLOAT, row);
        for (int k = 0; k < DEPTH; k++) {
            sum += (double) a.getAtIndex(ValueLayout.JAVA_FLOAT, row * DEPTH + k)
                    * b.getAtIndex(ValueLayout.JAVA_FLOAT, column * DEPTH + k);
        }
        return sum;
    }

    private static MemorySegment random(Device device, int count, long seed) {
        Random random = new Random(seed);
        MemorySegment values = device.pinned(count * 4L, "values");
        for (int i = 0; i < count; i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
        }
        return values;
    }

    private static long copied(Device device, long stream, MemorySegment values) {
        long address = device.allocate(values.byteSize(), "values");
        device.copyIn(stream, address, values);
        return address;
    }

    private static void tooMuch(Device device) {
        try {
            device.allocate(1L << 44, "everything");
        } catch (OutOfDeviceMemory lack) {
            return;
        }
        throw new DefectException("16 TiB must not be there to allocate");
    }
}
