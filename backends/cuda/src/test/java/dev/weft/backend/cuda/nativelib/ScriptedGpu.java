package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.Device;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A driver and a cuBLASLt in Java that compute nothing and are as strict as NVIDIA's: a context must be current on the thread that calls,
 * handles and addresses must be known, a stream that is recorded is not waited for, and while one is, nobody asks for ways to make products.
 * The code between them and a program is that of a GPU.
 */
public final class ScriptedGpu {
    private static final int INVALID_VALUE = 1;
    private static final int INVALID_CONTEXT = 201;
    private static final int INVALID_HANDLE = 400;
    private static final int CAPTURE_UNSUPPORTED = 900;
    private static final int LIBRARY_INTERNAL = 14;
    private static final int LIBRARY_INVALID = 7;
    private static final long CONTEXT = 77;
    private static final Set<DriverFunction> ANYWHERE = Set.of(
            DriverFunction.DRIVER_VERSION,
            DriverFunction.INIT,
            DriverFunction.ERROR_NAME,
            DriverFunction.ERROR_TEXT,
            DriverFunction.DEVICE_COUNT,
            DriverFunction.DEVICE,
            DriverFunction.DEVICE_NAME,
            DriverFunction.DEVICE_ATTRIBUTE,
            DriverFunction.DEVICE_MEMORY,
            DriverFunction.CONTEXT_RETAIN,
            DriverFunction.CONTEXT_RELEASE,
            DriverFunction.CONTEXT_CURRENT);
    private static final Map<Long, Integer> ATTRIBUTES =
            Map.of(16L, 132, 38L, 60 << 20, 39L, 2048, 75L, 9, 76L, 0, 97L, 232_448);

    /** Functions that were called, in order. */
    public final List<String> calls = new ArrayList<>();

    /** What every function of the driver returns from now on, as when a kernel has ended the context; 0 while all is well. */
    public int broken;

    private final Arena arena = Arena.ofAuto();
    private final Map<Long, String> live = new HashMap<>();
    private final Map<Long, Long> sizes = new HashMap<>();
    private final Set<Long> recorded = new HashSet<>();
    private final Set<Thread> entered = new HashSet<>();
    private final long memoryBytes;
    private final int version;
    private long handles = 1000;
    private long addresses = 1L << 40;

    /** @param version of CUDA that the driver says it supports, such as 13000 */
    public ScriptedGpu(long memoryBytes, int version) {
        this.memoryBytes = memoryBytes;
        this.version = version;
    }

    /** The device of the driver, with a compiler of this machine. */
    public Device open() {
        return DriverDevice.of(
                Driver.open(new JavaLibrary<>(DriverFunction.class, this::call)),
                0,
                Redistributable.libraries(),
                () -> new JavaLibrary<>(CublasLtFunction.class, this::call));
    }

    /** What was made and not ended: kinds of things. */
    public List<String> left() {
        return live.values().stream().sorted().toList();
    }

    private long call(DriverFunction function, long... at) {
        calls.add(function.name());
        if (!ANYWHERE.contains(function) && !entered.contains(Thread.currentThread())) {
            return INVALID_CONTEXT;
        }
        if (broken != 0 && !ANYWHERE.contains(function)) {
            return broken;
        }
        return switch (function) {
            case DRIVER_VERSION -> number(at[0], version);
            case INIT, CONTEXT_RELEASE -> 0;
            case DEVICE_COUNT -> number(at[0], 1);
            case DEVICE -> number(at[0], 0);
            case DEVICE_NAME -> {
                JavaLibrary.at(at[0], at[1]).setString(0, "scripted H200");
                yield 0;
            }
            case DEVICE_ATTRIBUTE -> number(at[0], ATTRIBUTES.get(at[1]));
            case DEVICE_MEMORY -> word(at[0], memoryBytes);
            case MEMORY_INFO -> word(at[0], memoryBytes) + word(at[1], memoryBytes);
            case ERROR_NAME, ERROR_TEXT -> word(at[1], JavaLibrary.text("status " + at[0]));
            case CONTEXT_RETAIN -> word(at[0], CONTEXT);
            case CONTEXT_CURRENT -> {
                entered.add(Thread.currentThread());
                yield at[0] == CONTEXT ? 0 : INVALID_CONTEXT;
            }
            case MEMORY_ALLOCATE -> allocate(at[0], at[1]);
            case HOST_ALLOCATE -> pinned(at[0], at[1]);
            case STREAM_CREATE -> made(at[0], "stream");
            case EVENT_CREATE -> made(at[0], "event");
            case MODULE_LOAD -> made(at[0], "module");
            case MODULE_FUNCTION -> is(at[1], "module") ? word(at[0], at[1]) : INVALID_HANDLE;
            case FUNCTION_ATTRIBUTE -> is(at[0], "module") ? 0 : INVALID_HANDLE;
            case MEMORY_FREE -> ended(at[0], "memory");
            case HOST_FREE -> ended(at[0], "pinned");
            case STREAM_DESTROY -> recorded.contains(at[0]) ? CAPTURE_UNSUPPORTED : ended(at[0], "stream");
            case EVENT_DESTROY -> ended(at[0], "event");
            case MODULE_UNLOAD -> ended(at[0], "module");
            case GRAPH_DESTROY -> ended(at[0], "recording");
            case GRAPH_EXEC_DESTROY -> ended(at[0], "graph");
            case FILL -> inside(at[0], at[2], at[3]);
            case COPY -> Math.max(inside(at[0], at[2], at[3]), inside(at[1], at[2], at[3]));
            case COPY_IN -> Math.max(inside(at[0], at[2], at[3]), inside(at[1], at[2], at[3]));
            case COPY_OUT -> Math.max(inside(at[0], at[2], at[3]), inside(at[1], at[2], at[3]));
            case STREAM_SYNCHRONIZE ->
                recorded.contains(at[0]) ? CAPTURE_UNSUPPORTED : is(at[0], "stream") ? 0 : INVALID_HANDLE;
            case EVENT_SYNCHRONIZE -> is(at[0], "event") ? 0 : INVALID_HANDLE;
            case STREAM_AWAIT -> is(at[0], "stream") && is(at[1], "event") ? 0 : INVALID_HANDLE;
            case EVENT_RECORD, EVENT_RECORD_FLAGS -> is(at[0], "event") && is(at[1], "stream") ? 0 : INVALID_HANDLE;
            case EVENT_ELAPSED -> {
                JavaLibrary.at(at[0], Float.BYTES).set(ValueLayout.JAVA_FLOAT, 0, 0.5f);
                yield is(at[1], "event") && is(at[2], "event") ? 0 : INVALID_HANDLE;
            }
            case LAUNCH -> is(at[0], "module") && is(at[8], "stream") && at[1] > 0 ? 0 : INVALID_HANDLE;
            case CAPTURE_BEGIN -> recorded.add(at[0]) ? 0 : INVALID_VALUE;
            case CAPTURE_END -> recorded.remove(at[0]) ? made(at[1], "recording") : INVALID_VALUE;
            case GRAPH_INSTANTIATE -> is(at[1], "recording") ? made(at[0], "graph") : INVALID_HANDLE;
            case GRAPH_LAUNCH -> is(at[0], "graph") && is(at[1], "stream") ? 0 : INVALID_HANDLE;
        };
    }

    private long call(CublasLtFunction function, long... at) {
        calls.add(function.name());
        if (!entered.contains(Thread.currentThread())) {
            return LIBRARY_INVALID;
        }
        return switch (function) {
            case VERSION -> 130_101;
            case STATUS_NAME, STATUS_TEXT -> JavaLibrary.text("status " + at[0]);
            case CREATE -> made(at[0], "library");
            case DESCRIPTOR_CREATE, LAYOUT_CREATE, PREFERENCE_CREATE -> made(at[0], "description");
            case DESTROY -> ended(at[0], "library");
            case DESCRIPTOR_DESTROY, LAYOUT_DESTROY, PREFERENCE_DESTROY -> ended(at[0], "description");
            case DESCRIPTOR_SET, LAYOUT_SET, PREFERENCE_SET -> is(at[0], "description") ? 0 : LIBRARY_INVALID;
            case HEURISTIC -> recorded.isEmpty() ? heuristic(at) : LIBRARY_INTERNAL;
            case MATMUL -> matmul(at);
        };
    }

    /** Two ways, of which the first is refused when it is taken. */
    private static long heuristic(long... at) {
        int count = (int) Math.min(2, at[7]);
        MemorySegment results = JavaLibrary.at(at[8], Products.RESULT_BYTES * count);
        for (int i = 0; i < count; i++) {
            results.set(ValueLayout.JAVA_LONG, i * Products.RESULT_BYTES, i);
            results.set(ValueLayout.JAVA_LONG, i * Products.RESULT_BYTES + Products.RESULT_WORKSPACE, 4096);
        }
        return number(at[9], count);
    }

    private long matmul(long... at) {
        boolean addresses = inside(at[3], 1, at[15]) + inside(at[5], 1, at[15]) + inside(at[10], 1, at[15]) == 0;
        boolean workspace = at[13] % 256 == 0 && inside(at[13], at[14], at[15]) == 0;
        boolean refused = JavaLibrary.read(at[12]) == 0;
        return addresses && workspace && !refused ? 0 : LIBRARY_INVALID;
    }

    private static long number(long address, int value) {
        JavaLibrary.write(address, value);
        return 0;
    }

    private static long word(long address, long value) {
        JavaLibrary.write(address, value);
        return 0;
    }

    private long made(long address, String kind) {
        live.put(++handles, kind);
        return word(address, handles);
    }

    private boolean is(long handle, String kind) {
        return kind.equals(live.get(handle));
    }

    private long ended(long handle, String kind) {
        return live.remove(handle, kind) ? 0 : INVALID_HANDLE;
    }

    private long allocate(long address, long bytes) {
        live.put(addresses, "memory");
        sizes.put(addresses, bytes);
        word(address, addresses);
        addresses += Math.ceilDiv(bytes, 1L << 20) + 1 << 20;
        return 0;
    }

    private long pinned(long address, long bytes) {
        long pinned = arena.allocate(bytes, 256).address();
        live.put(pinned, "pinned");
        sizes.put(pinned, bytes);
        return word(address, pinned);
    }

    /** Whether bytes lie in what is allocated, for something in a stream. */
    private long inside(long address, long bytes, long stream) {
        boolean found = live.keySet().stream()
                .filter(sizes::containsKey)
                .anyMatch(begin -> address >= begin && address + bytes <= begin + sizes.get(begin));
        return !is(stream, "stream") ? INVALID_HANDLE : found ? 0 : INVALID_VALUE;
    }
}
