package dev.weft.backend.cpu.nativelib;

import java.lang.foreign.Linker;
import java.util.Optional;

/** Memory that libraries have freed and the C library still holds. */
public final class FreedMemory {
    private static final Optional<NativeFunction> TRIM = Linker.nativeLinker()
            .defaultLookup()
            .find("malloc_trim")
            .map(address -> NativeFunction.at(address, "malloc_trim", "IL"));

    private FreedMemory() {}

    /**
     * Gives it back to the system, where the C library can. Each thread that compiled has freed tens of MiB into a heap of its own, which
     * a process that opens backends again and again would otherwise collect.
     */
    public static void giveBack() {
        TRIM.ifPresent(trim -> trim.run(0L));
    }
}
