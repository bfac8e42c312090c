package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.Slot;
import java.util.List;
import java.util.Optional;

/** What a region does, one after the other. */
public sealed interface Work {

    /** Runs a generated kernel. */
    record Run(dev.weft.backend.cpu.codegen.Kernel kernel) implements Work {}

    /** Runs one generated kernel for each of many tensors. */
    record Loop(dev.weft.backend.cpu.codegen.Kernel kernel, List<Piece> pieces) implements Work {
        public Loop {
            pieces = List.copyOf(pieces);
        }
    }

    /**
     * One of many tensors.
     *
     * @param slots as the kernel's, for this tensor
     * @param units of the kernel that it takes
     */
    record Piece(List<Slot> slots, long units) {
        public Piece {
            slots = List.copyOf(slots);
        }
    }

    /**
     * Runs a kernel that leaves an index in the status if it is outside its bounds.
     *
     * @param message for the user, with {@code %d} for the index
     */
    record Check(dev.weft.backend.cpu.codegen.Kernel kernel, String message) implements Work {}

    /** Multiplies matrices, tile by tile. */
    record Multiply(Product product, Optional<Epilogue> epilogue) implements Work {}

    /** Runs through panels of rows. */
    record Stream(PanelWork panels) implements Work {}

    /**
     * What is done with each tile of a product right after it was made, while it is in the cache.
     *
     * @param kernel has one unit for each tile
     * @param inScratch whether tiles are written to the thread's scratch memory only: nobody else reads the product
     */
    record Epilogue(dev.weft.backend.cpu.codegen.Kernel kernel, boolean inScratch) {}
}
