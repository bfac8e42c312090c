package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Memory that libraries have freed and the C library still holds. */
@SuppressWarnings("restricted") // malloc_trim is no part of the JDK
public final class FreedMemory {
    private static final Optional<MethodHandle> TRIM = Linker.nativeLinker()
            .defaultLookup()
            .find("malloc_trim")
            .map(address -> Linker.nativeLinker()
                    .downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG)));

    private FreedMemory() {}

    /**
     * Gives it back to the system, where the C library can. Each thread that compiled has freed tens of MiB into a heap of its own, which
     * a process that opens backends again and again would otherwise collect.
     */
    public static void giveBack() {
        TRIM.ifPresent(trim -> {
            try {
                int ignored = (int) trim.invokeExact(0L);
            } catch (Throwable failure) {
                throw NativeCalls.unexpected("malloc_trim", failure);
            }
        });
    }
}
