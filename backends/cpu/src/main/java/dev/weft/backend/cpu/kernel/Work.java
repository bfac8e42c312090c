package dev.weft.backend.cpu.kernel;

/** What a region does, one after the other. */
public sealed interface Work {

    /** Runs a generated kernel. */
    record Run(dev.weft.backend.cpu.codegen.Kernel kernel) implements Work {}

    /**
     * Runs a kernel that leaves an index in the status if it is outside its bounds.
     *
     * @param message for the user, with {@code %d} for the index
     */
    record Check(dev.weft.backend.cpu.codegen.Kernel kernel, String message) implements Work {}

    /** Multiplies matrices. */
    record Multiply(Product product) implements Work {}
}
