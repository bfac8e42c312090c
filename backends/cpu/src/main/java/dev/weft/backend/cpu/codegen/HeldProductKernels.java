package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The kernels of a product whose weights are held in fewer bits, and of what is computed from it. */
public final class HeldProductKernels {
    private HeldProductKernels() {}

    /**
     * @param rows outer points of the space of {@code rest}
     * @param width points of a row
     * @param rest what is computed from the product, operands first
     * @param outputs which of these are stored
     * @param sharing for an output that takes over an input's memory, that input
     */
    public static List<Kernel> of(
            HeldProduct product,
            long rows,
            long width,
            List<Value> rest,
            List<Value> outputs,
            Map<Value, Value> sharing) {
        List<Kernel> kernels = new ArrayList<>();
        kernels.add(first(product, sharing));
        if (!outputs.isEmpty()) {
            kernels.addAll(MapKernels.of(rows, width, rest, outputs, sharing));
        }
        return kernels;
    }

    private static Kernel first(HeldProduct product, Map<Value, Value> sharing) {
        if (product.rounds()) {
            return HeldIntegersKernel.of(product, sharing);
        }
        if (product.isInPairs()) {
            return HeldPairsKernel.of(product, sharing);
        }
        return product.isOneRow() ? HeldRowKernel.of(product, sharing) : HeldPanelKernel.of(product, sharing);
    }
}
