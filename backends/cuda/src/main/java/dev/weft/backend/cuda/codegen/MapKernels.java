package dev.weft.backend.cuda.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Root;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The kernels of a map region: one nest, then for each reduction across blocks one kernel that joins the running results. */
public final class MapKernels {
    private MapKernels() {}

    /**
     * @param rows outer points of the iteration space
     * @param width points of a row
     * @param values what is computed, operands first; everything else that they need is read from memory
     * @param outputs which of them are stored
     * @param sharing for an output that takes over an input's memory, that input
     */
    public static List<Kernel> of(
            long rows, long width, List<Value> values, List<Value> outputs, Map<Value, Value> sharing) {
        return of(Nest.of(rows, width, values, outputs), sharing);
    }

    static List<Kernel> of(Nest nest, Map<Value, Value> sharing) {
        boolean points = nest.roots().stream().allMatch(root -> root.kind() == Root.Kind.STORE_POINT);
        if (points) {
            long count = nest.space().rows() * nest.space().width();
            return count == 0 ? List.of() : List.of(PointKernel.of(nest, count, sharing));
        }
        List<Kernel> kernels = new ArrayList<>();
        RowShape shape = RowShape.of(nest);
        boolean empty = nest.space().rows() == 0;
        if (!empty) {
            kernels.add(new RowKernel(nest, shape, sharing).kernel());
        }
        List<Value> columns = new ArrayList<>();
        List<Value> single = new ArrayList<>();
        for (Root root : nest.roots()) {
            if (root.kind() == Root.Kind.REDUCE_COLUMN) {
                if (nest.space().width() > 0 && (empty || shape.units() > 1 || !shape.keepsColumns())) {
                    columns.add(root.value());
                }
            } else if (root.kind().isPartial() && (empty || shape.blocks() > 1)) {
                single.add(root.value());
            }
        }
        kernels.addAll(joins(columns, nest.space().width(), empty ? 0 : shape.units(), sharing));
        kernels.addAll(joins(single, 1, empty ? 0 : shape.blocks(), sharing));
        return kernels;
    }

    /** One kernel for all reductions of a kind. */
    private static List<Kernel> joins(List<Value> reductions, long count, long running, Map<Value, Value> sharing) {
        List<List<Value>> kinds = new ArrayList<>();
        for (Value reduction : reductions) {
            kinds.stream()
                    .filter(kind -> Joins.alike(kind.getFirst(), reduction))
                    .findFirst()
                    .orElseGet(() -> {
                        kinds.add(new ArrayList<>());
                        return kinds.getLast();
                    })
                    .add(reduction);
        }
        return kinds.stream()
                .map(kind -> Joins.of(kind, count, running, sharing))
                .toList();
    }
}
