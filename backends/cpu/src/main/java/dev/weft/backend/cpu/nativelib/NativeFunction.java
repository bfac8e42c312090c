package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** A bound C function for calls that are not on a hot path; the method says what the function returns. */
record NativeFunction(String name, MethodHandle handle) {

    /** Signature letters as in {@link NativeCalls#bind}. */
    static NativeFunction bind(SymbolLookup library, String name, String signature) {
        return new NativeFunction(name, NativeCalls.bind(library, name, signature));
    }

    static NativeFunction at(MemorySegment address, String name, String signature) {
        return new NativeFunction(name, NativeCalls.bind(address, signature));
    }

    MemorySegment pointer(Object... arguments) {
        return (MemorySegment) call(arguments);
    }

    int integer(Object... arguments) {
        return (int) call(arguments);
    }

    long size(Object... arguments) {
        return (long) call(arguments);
    }

    void run(Object... arguments) {
        call(arguments);
    }

    private Object call(Object... arguments) {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected(name, failure);
        }
    }
}
