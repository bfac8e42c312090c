package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The address of a generated kernel. Calling it allocates nothing. */
@SuppressWarnings("restricted") // native access is what this package is for
public record KernelFunction(MemorySegment address) {
    private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(NativeCalls.descriptor("VPPLL"));

    /** Does the units from {@code first} up to, but not including, {@code end}. */
    public void call(MemorySegment arguments, MemorySegment scratch, long first, long end) {
        try {
            CALL.invokeExact(address, arguments, scratch, first, end);
        } catch (Throwable failure) {
            throw NativeCalls.unexpected("kernel", failure);
        }
    }
}
