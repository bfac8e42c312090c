package dev.weft.backend.cuda.nativelib;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A native library whose functions are in Java. */
@SuppressWarnings("restricted") // it stands in for native code
final class JavaLibrary<F extends Enum<F> & NativeSymbol> implements SymbolLookup {

    /** What the functions do; the result is a status, an address or a size. */
    interface Functions<F> {
        long call(F function, long... arguments);
    }

    private static final int FAILED = 999;
    private static final Arena ARENA = Arena.ofAuto();

    private final Functions<F> functions;
    private final Map<String, MemorySegment> stubs = new HashMap<>();

    JavaLibrary(Class<F> symbols, Functions<F> functions) {
        this.functions = functions;
        for (F symbol : symbols.getEnumConstants()) {
            stubs.put(symbol.symbol(), stub(symbol));
        }
    }

    private MemorySegment stub(F symbol) {
        FunctionDescriptor descriptor = FunctionTable.descriptor(symbol.signature());
        try {
            MethodHandle dispatch = MethodHandles.lookup()
                    .findVirtual(
                            JavaLibrary.class,
                            "dispatch",
                            MethodType.methodType(Object.class, NativeSymbol.class, Object[].class))
                    .bindTo(this)
                    .bindTo(symbol)
                    .asCollector(Object[].class, descriptor.argumentLayouts().size())
                    .asType(descriptor.toMethodType());
            return Linker.nativeLinker().upcallStub(dispatch, descriptor, ARENA);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    Object dispatch(NativeSymbol symbol, Object... arguments) {
        long[] words = new long[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = ((Number) arguments[i]).longValue();
        }
        long result = result(symbol, words);
        if (symbol.signature().charAt(0) == 'L') {
            return result;
        }
        return (int) result;
    }

    /** A failure must not leave the call, which would end the process. */
    @SuppressWarnings("unchecked") // each stub is bound to a symbol of the class that was given
    private long result(NativeSymbol symbol, long... words) {
        try {
            return functions.call((F) symbol, words);
        } catch (RuntimeException | AssertionError failure) {
            failure.printStackTrace();
            return FAILED;
        }
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(stubs.get(name));
    }

    static MemorySegment at(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    static void write(long address, long value) {
        at(address, Long.BYTES).set(ValueLayout.JAVA_LONG, 0, value);
    }

    static void write(long address, int value) {
        at(address, Integer.BYTES).set(ValueLayout.JAVA_INT, 0, value);
    }

    static long read(long address) {
        return at(address, Long.BYTES).get(ValueLayout.JAVA_LONG, 0);
    }

    /** A text that stays. */
    static long text(String value) {
        byte[] bytes = (value + "\0").getBytes(StandardCharsets.UTF_8);
        MemorySegment segment = ARENA.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment.address();
    }
}
