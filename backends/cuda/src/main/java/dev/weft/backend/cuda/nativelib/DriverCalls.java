package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.Grid;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The driver's functions in one context, each status checked. What runs in every step has a method of its own, which takes primitives and
 * allocates nothing. One thread at a time.
 */
final class DriverCalls {
    private static final long BUFFER_POINTER = 1;
    private static final long BUFFER_SIZE = 2;
    private static final long END = 0;
    private static final int POINTER_PLACE = 1;

    private final Driver driver;
    private final long context;
    private final MemorySegment launchOptions;
    private final MemorySegment parameterBytes;
    private final Call fill;
    private final Call copy;
    private final Call copyIn;
    private final Call copyOut;
    private final Call synchronize;
    private final Call record;
    private final Call await;
    private final Call launch;
    private final Call replay;
    private Thread entered = new Thread();

    DriverCalls(Driver driver, long context) {
        this.driver = driver;
        this.context = context;
        Arena arena = Arena.ofAuto();
        this.parameterBytes = arena.allocate(ValueLayout.JAVA_LONG);
        this.launchOptions = arena.allocateFrom(
                ValueLayout.JAVA_LONG, BUFFER_POINTER, 0, BUFFER_SIZE, parameterBytes.address(), END);
        this.fill = call(DriverFunction.FILL, "filling memory");
        this.copy = call(DriverFunction.COPY, "copying on the device");
        this.copyIn = call(DriverFunction.COPY_IN, "copying to the device");
        this.copyOut = call(DriverFunction.COPY_OUT, "copying from the device");
        this.synchronize = call(DriverFunction.STREAM_SYNCHRONIZE, "waiting for the device");
        this.record = call(DriverFunction.EVENT_RECORD, "recording an event");
        this.await = call(DriverFunction.STREAM_AWAIT, "making a stream wait for an event");
        this.launch = call(DriverFunction.LAUNCH, "launching a kernel");
        this.replay = call(DriverFunction.GRAPH_LAUNCH, "running a graph");
    }

    private Call call(DriverFunction function, String doing) {
        return new Call(driver, function, doing, driver.functions().handle(function));
    }

    /** Makes the context that of this thread. A virtual thread may run on another of the system's threads each time. */
    void enter() {
        Thread thread = Thread.currentThread();
        if (!thread.equals(entered) || thread.isVirtual()) {
            driver.check(
                    driver.functions().status(DriverFunction.CONTEXT_CURRENT, context),
                    "entering the device's context");
            entered = thread;
        }
    }

    /** Any function, its status unchecked. */
    int status(DriverFunction function, Object... arguments) {
        enter();
        return driver.functions().status(function, arguments);
    }

    /** Any function. */
    void check(DriverFunction function, String doing, Object... arguments) {
        driver.check(status(function, arguments), doing);
    }

    /** A function that writes one number to the address which is its first argument. */
    long read(String doing, DriverFunction function, Object... others) {
        enter();
        return driver.read(doing, function, others);
    }

    void fill(long to, byte value, long bytes, long stream) {
        if (bytes == 0) {
            return; // which a graph would not take
        }
        enter();
        try {
            fill.check((int) fill.handle().invokeExact(to, Byte.toUnsignedInt(value), bytes, stream));
        } catch (Throwable failure) {
            throw fill.unexpected(failure);
        }
    }

    void copy(long to, long from, long bytes, long stream) {
        copy(copy, to, from, bytes, stream);
    }

    void copyIn(long to, long from, long bytes, long stream) {
        copy(copyIn, to, from, bytes, stream);
    }

    void copyOut(long to, long from, long bytes, long stream) {
        copy(copyOut, to, from, bytes, stream);
    }

    private void copy(Call call, long to, long from, long bytes, long stream) {
        if (bytes == 0) {
            return;
        }
        enter();
        try {
            call.check((int) call.handle().invokeExact(to, from, bytes, stream));
        } catch (Throwable failure) {
            throw call.unexpected(failure);
        }
    }

    void synchronize(long stream) {
        enter();
        try {
            synchronize.check((int) synchronize.handle().invokeExact(stream));
        } catch (Throwable failure) {
            throw synchronize.unexpected(failure);
        }
    }

    void record(long event, long stream) {
        pair(record, event, stream);
    }

    void replay(long graph, long stream) {
        pair(replay, graph, stream);
    }

    private void pair(Call call, long first, long second) {
        enter();
        try {
            call.check((int) call.handle().invokeExact(first, second));
        } catch (Throwable failure) {
            throw call.unexpected(failure);
        }
    }

    void await(long stream, long event) {
        enter();
        try {
            await.check((int) await.handle().invokeExact(stream, event, 0));
        } catch (Throwable failure) {
            throw await.unexpected(failure);
        }
    }

    /** @param bytes of the parameters, which the driver compares with what the kernel declares */
    void launch(long function, Grid grid, long stream, long parameters, long bytes) {
        enter();
        launchOptions.setAtIndex(ValueLayout.JAVA_LONG, POINTER_PLACE, parameters);
        parameterBytes.set(ValueLayout.JAVA_LONG, 0, bytes);
        long options = bytes == 0 ? 0 : launchOptions.address();
        int blocks = (int) grid.blocks();
        try {
            launch.check((int) launch.handle()
                    .invokeExact(
                            function,
                            blocks,
                            grid.blocksY(),
                            1,
                            grid.threads(),
                            1,
                            1,
                            grid.sharedBytes(),
                            stream,
                            0L,
                            options));
        } catch (Throwable failure) {
            throw launch.unexpected(failure);
        }
    }

    private record Call(Driver driver, DriverFunction function, String doing, MethodHandle handle) {
        void check(int status) {
            driver.check(status, doing);
        }

        RuntimeException unexpected(Throwable failure) {
            return FunctionTable.unexpected(function, failure);
        }
    }
}
