package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.DefectException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Binds C functions and reads C strings. */
@SuppressWarnings("restricted") // native access is what this package is for
final class NativeCalls {
    private NativeCalls() {}

    /**
     * The function {@code name}, bound by a signature of letters, the result first: {@code P} pointer, {@code L} 64-bit,
     * {@code I} 32-bit integer, {@code B} 8-bit
     * integer, {@code F} float, {@code V} nothing.
     */
    static MethodHandle bind(SymbolLookup library, String name, String signature) {
        MemorySegment address = library.find(name)
                .orElseThrow(() -> new DefectException("native library: it must export " + name + ", but does not"));
        return bind(address, signature);
    }

    static MethodHandle bind(MemorySegment address, String signature) {
        return Linker.nativeLinker().downcallHandle(address, descriptor(signature));
    }

    static FunctionDescriptor descriptor(String signature) {
        MemoryLayout[] parameters =
                signature.substring(1).chars().mapToObj(NativeCalls::layout).toArray(MemoryLayout[]::new);
        return signature.charAt(0) == 'V'
                ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(layout(signature.charAt(0)), parameters);
    }

    private static MemoryLayout layout(int letter) {
        return switch (letter) {
            case 'P' -> ValueLayout.ADDRESS;
            case 'L' -> ValueLayout.JAVA_LONG;
            case 'I' -> ValueLayout.JAVA_INT;
            case 'B' -> ValueLayout.JAVA_BYTE;
            case 'F' -> ValueLayout.JAVA_FLOAT;
            default -> throw new DefectException("native signature: unknown letter " + (char) letter);
        };
    }

    /** A pointer-sized cell for an out parameter. */
    static MemorySegment cell(Arena arena) {
        return arena.allocate(ValueLayout.ADDRESS);
    }

    static String text(MemorySegment zeroTerminated) {
        return zeroTerminated.reinterpret(Long.MAX_VALUE).getString(0);
    }

    static boolean isNull(MemorySegment pointer) {
        return pointer.address() == 0;
    }

    /** What a downcall threw: native functions throw nothing, so this is a wrong signature. */
    static RuntimeException unexpected(String function, Throwable failure) {
        return switch (failure) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new DefectException("native call " + function + " failed", failure);
        };
    }
}
