package dev.weft.backend.cuda.nativelib;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A driver that keeps what it is told, of one device like an H200 with 1 MiB of memory. */
final class JavaDriver implements JavaLibrary.Functions<DriverFunction> {
    static final int MEMORY_BYTES = 1 << 20;

    private static final int OUT_OF_MEMORY = 2;
    private static final Map<Long, Integer> ATTRIBUTES =
            Map.of(16L, 132, 38L, 50 << 20, 39L, 2048, 75L, 9, 76L, 0, 97L, 232_448);

    final List<String> calls = new ArrayList<>();
    final Map<DriverFunction, Integer> failures = new EnumMap<>(DriverFunction.class);
    List<Long> launched = List.of();
    int version = 13_000;
    private long used;
    private long next = 0x1000;

    Driver open() {
        return Driver.open(new JavaLibrary<>(DriverFunction.class, this));
    }

    List<String> calls(DriverFunction... functions) {
        List<String> names = Arrays.stream(functions).map(DriverFunction::name).toList();
        return calls.stream()
                .filter(call -> names.contains(call.substring(0, call.indexOf('('))))
                .toList();
    }

    @Override
    public long call(DriverFunction function, long... arguments) {
        calls.add(function
                + Arrays.stream(arguments)
                        .mapToObj(argument -> argument > 0xffff_ffffL ? "*" : Long.toString(argument))
                        .collect(Collectors.joining(",", "(", ")")));
        if (failures.containsKey(function)) {
            return failures.get(function);
        }
        return switch (function) {
            case DRIVER_VERSION -> number(arguments[0], version);
            case DEVICE_COUNT -> number(arguments[0], 1);
            case DEVICE -> number(arguments[0], 7);
            case DEVICE_ATTRIBUTE -> number(arguments[0], ATTRIBUTES.get(arguments[1]));
            case DEVICE_NAME -> {
                JavaLibrary.at(arguments[0], arguments[1]).setString(0, "described H200");
                yield 0;
            }
            case DEVICE_MEMORY -> word(arguments[0], MEMORY_BYTES);
            case MEMORY_INFO -> word(arguments[0], MEMORY_BYTES - used) + word(arguments[1], MEMORY_BYTES);
            case MEMORY_ALLOCATE -> allocate(arguments[0], arguments[1]);
            case HOST_ALLOCATE,
                    CONTEXT_RETAIN,
                    STREAM_CREATE,
                    EVENT_CREATE,
                    MODULE_LOAD,
                    MODULE_FUNCTION,
                    GRAPH_INSTANTIATE -> word(arguments[0], next++);
            case CAPTURE_END -> word(arguments[1], next++);
            case ERROR_NAME -> word(arguments[1], JavaLibrary.text("CUDA_ERROR_" + arguments[0]));
            case ERROR_TEXT -> word(arguments[1], JavaLibrary.text("what it means"));
            case LAUNCH -> launch(arguments[10]);
            case INIT,
                    CONTEXT_RELEASE,
                    CONTEXT_CURRENT,
                    MEMORY_FREE,
                    HOST_FREE,
                    FILL,
                    COPY,
                    COPY_IN,
                    COPY_OUT,
                    STREAM_DESTROY,
                    STREAM_SYNCHRONIZE,
                    STREAM_AWAIT,
                    EVENT_DESTROY,
                    EVENT_SYNCHRONIZE,
                    EVENT_RECORD,
                    EVENT_RECORD_FLAGS,
                    EVENT_ELAPSED,
                    MODULE_UNLOAD,
                    FUNCTION_ATTRIBUTE,
                    CAPTURE_BEGIN,
                    GRAPH_LAUNCH,
                    GRAPH_EXEC_DESTROY,
                    GRAPH_DESTROY -> 0;
        };
    }

    private static long number(long address, int value) {
        JavaLibrary.write(address, value);
        return 0;
    }

    private static long word(long address, long value) {
        JavaLibrary.write(address, value);
        return 0;
    }

    private long allocate(long address, long bytes) {
        if (bytes > MEMORY_BYTES - used) {
            return OUT_OF_MEMORY;
        }
        used += bytes;
        return word(address, next++);
    }

    /** The parameters, found as the driver finds them: pairs of a key and what it is, until 0. */
    private long launch(long options) {
        assert JavaLibrary.read(options) == 1
                && JavaLibrary.read(options + 16) == 2
                && JavaLibrary.read(options + 32) == 0;
        long bytes = JavaLibrary.read(JavaLibrary.read(options + 24));
        launched = Arrays.stream(
                        JavaLibrary.at(JavaLibrary.read(options + 8), bytes).toArray(ValueLayout.JAVA_LONG))
                .boxed()
                .toList();
        return 0;
    }
}
