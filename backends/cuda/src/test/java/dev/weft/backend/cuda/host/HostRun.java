package dev.weft.backend.cuda.host;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Short ways to say in a test what is to run. */
final class HostRun {
    static final List<Order> ORDERS = List.of(Order.FORWARD, Order.REVERSED, Order.random(7));

    private HostRun() {}

    static Source kernel(String name, int parameters, String text) {
        return new Source(name, text, parameters);
    }

    static long function(Device device, Source kernel, int sharedBytes) {
        long module = device.load(device.compiler().compile(List.of(kernel)).bytes());
        return device.function(module, kernel.name(), sharedBytes);
    }

    static void launch(Device device, long stream, long function, Grid grid, long... parameters) {
        try (Arena arena = Arena.ofConfined()) {
            device.launch(stream, function, grid, arena.allocateFrom(ValueLayout.JAVA_LONG, parameters));
        }
    }

    /** Compiles and launches a kernel once. */
    static void run(Device device, Source kernel, Grid grid, long... parameters) {
        launch(device, device.stream(), function(device, kernel, grid.sharedBytes()), grid, parameters);
    }

    /** The address of these numbers on the device. */
    static long put(Device device, float... values) {
        long bytes = (long) values.length * Float.BYTES;
        MemorySegment staging = device.pinned(bytes, "numbers");
        MemorySegment.copy(values, 0, staging, ValueLayout.JAVA_FLOAT, 0, values.length);
        long address = device.allocate(bytes, "numbers");
        device.copyIn(device.stream(), address, staging);
        return address;
    }

    static float[] get(Device device, long address, int count) {
        MemorySegment staging = device.pinned((long) count * Float.BYTES, "numbers");
        device.copyOut(device.stream(), staging, address);
        return staging.toArray(ValueLayout.JAVA_FLOAT);
    }
}
