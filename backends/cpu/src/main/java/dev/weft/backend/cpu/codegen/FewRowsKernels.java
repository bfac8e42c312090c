package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The kernels of a product with few rows and of what is computed from it. */
public final class FewRowsKernels {
    private FewRowsKernels() {}

    /**
     * @param rows outer points of the space of {@code rest}
     * @param width points of a row
     * @param rest what is computed from the product, operands first
     * @param outputs which of these are stored
     * @param isStored whether the product itself is to lie in memory
     * @param sharing for an output that takes over an input's memory, that input
     */
    public static List<Kernel> of(
            FewRows product,
            long rows,
            long width,
            List<Value> rest,
            List<Value> outputs,
            boolean isStored,
            Map<Value, Value> sharing) {
        List<Kernel> kernels = new ArrayList<>();
        kernels.add(product.isByColumn() ? ColumnKernel.of(product, sharing) : RowKernel.of(product, sharing));
        boolean inParts = product.isInParts();
        if (inParts && (isStored || outputs.isEmpty())) {
            kernels.add(total(product, sharing));
        }
        if (!outputs.isEmpty()) {
            kernels.addAll(
                    inParts && !isStored
                            ? MapKernels.of(rows, width, rest, outputs, sharing, PartialSums.of(product))
                            : MapKernels.of(rows, width, rest, outputs, sharing));
        }
        return kernels;
    }

    /** The kernel of a product alone; it must not come in parts. */
    public static Kernel of(FewRows product) {
        return product.isByColumn() ? ColumnKernel.of(product, Map.of()) : RowKernel.of(product, Map.of());
    }

    private static Kernel total(FewRows product, Map<Value, Value> sharing) {
        Value value = product.c();
        Nest nest = Nest.copy(value, value, List.of(), (demands, index) -> index);
        return NestCompiler.compile(nest, sharing, PartialSums.of(product));
    }
}
