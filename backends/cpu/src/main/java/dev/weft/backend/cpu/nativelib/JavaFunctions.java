package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Java functions that generated code can call, by address, from threads of Java. They must not throw: nothing can pass through
 * native code, and the process would end. Closing takes the addresses back; safe to call twice.
 */
@SuppressWarnings("restricted") // native access is what this package is for
public final class JavaFunctions implements AutoCloseable {
    private final Arena arena = Arena.ofShared();

    public long ofDouble(DoubleUnaryOperator f) {
        return stub(DoubleUnaryOperator.class, "applyAsDouble", f, double.class, 1);
    }

    public long ofDoubles(DoubleBinaryOperator f) {
        return stub(DoubleBinaryOperator.class, "applyAsDouble", f, double.class, 2);
    }

    public long ofLong(LongUnaryOperator f) {
        return stub(LongUnaryOperator.class, "applyAsLong", f, long.class, 1);
    }

    public long ofLongs(LongBinaryOperator f) {
        return stub(LongBinaryOperator.class, "applyAsLong", f, long.class, 2);
    }

    private long stub(Class<?> type, String method, Object f, Class<?> number, int operands) {
        Class<?>[] parameters = new Class<?>[operands];
        Arrays.fill(parameters, number);
        MemoryLayout layout = number == double.class ? ValueLayout.JAVA_DOUBLE : ValueLayout.JAVA_LONG;
        MemoryLayout[] layouts = new MemoryLayout[operands];
        Arrays.fill(layouts, layout);
        try {
            MethodHandle handle = MethodHandles.publicLookup()
                    .findVirtual(type, method, MethodType.methodType(number, parameters))
                    .bindTo(f);
            return Linker.nativeLinker()
                    .upcallStub(handle, FunctionDescriptor.of(layout, layouts), arena)
                    .address();
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(type + " has no " + method, failure);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
