package dev.weft.backend.cpu.codegen;

import java.util.List;

/**
 * A generated function {@code void kernel(ptr args, ptr scratch, i64 firstUnit, i64 endUnit)}. {@code args} points to one 64-bit word
 * per slot. Units are cut by sizes alone, so results do not depend on who runs which.
 *
 * @param text IR in which the function is called {@value #NAME}; equal kernels have equal texts
 * @param units how many units of work there are
 * @param scratchBytes private memory that each thread brings
 */
public record Kernel(String text, List<Slot> slots, long units, long scratchBytes) {

    /** The function's name in {@link #text}. */
    public static final String NAME = "@kernel";

    public Kernel {
        slots = List.copyOf(slots);
    }
}
