package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.epilogue.Ending;
import dev.weft.graph.Value;
import java.util.List;

/** What a region does, one after the other. */
public sealed interface Work {

    /** Launches a generated kernel. */
    record Run(Kernel kernel) implements Work {}

    /**
     * Launches a kernel that leaves an index in the status if it is outside its bounds.
     *
     * @param message for the user, with {@code %d} for the index
     */
    record Check(Kernel kernel, String message) implements Work {}

    /**
     * Multiplies matrices, several times at different places.
     *
     * @param left of the product as cuBLASLt sees it
     * @param right of it
     * @param ending what is stored, and what else is read
     * @param calls where each multiplication reads and writes
     */
    record Multiply(Multiplication product, Value left, Value right, Ending ending, List<Places> calls)
            implements Work {
        public Multiply {
            calls = List.copyOf(calls);
        }
    }

    /** Bytes from the start of each value. */
    record Places(long left, long right, long result) {}
}
