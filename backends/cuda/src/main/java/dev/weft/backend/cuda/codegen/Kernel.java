package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import java.util.List;

/**
 * A generated kernel and how it is launched. It takes one 64-bit word for each slot. Work is cut by sizes alone.
 *
 * @param text CUDA C++ in which the kernel is called {@value #NAME}; equal kernels have equal texts
 */
public record Kernel(String text, List<Slot> slots, Grid grid) {

    /** The kernel's name in {@link #text}. */
    public static final String NAME = "KERNEL_NAME";

    public Kernel {
        slots = List.copyOf(slots);
    }
}
