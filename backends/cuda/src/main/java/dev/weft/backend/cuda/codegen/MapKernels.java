package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kernels of a map region: one nest, then for each reduction across blocks one kernel that joins the running results. */
public final class MapKernels {
    private static final int THREADS = 256;

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
        RowKernel rows = new RowKernel(nest, sharing);
        if (nest.space().rows() > 0) {
            kernels.add(rows.kernel());
        }
        for (Root root : nest.roots()) {
            if (root.kind().isPartial()) {
                long count =
                        root.kind() == Root.Kind.REDUCE_COLUMN ? nest.space().width() : 1;
                kernels.add(
                        join(Reducer.of(root.value()), count, nest.space().rows() == 0 ? 0 : rows.blocks(), sharing));
            }
        }
        return kernels;
    }

    /** {@code result[i] = running[0][i] ⊕ running[1][i] ⊕ …}, always in this order. */
    private static Kernel join(Reducer reducer, long count, long running, Map<Value, Value> sharing) {
        Writer writer = new Writer();
        Arguments arguments = new Arguments(sharing, new Demands(Space.of(1, 1), Set.of(), Set.of()));
        Value reduction = reducer.reduction();
        String from = arguments.name(new Slot.Partial(reduction, Math.max(1, running) * count * reducer.bytes()));
        String to = arguments.write(reduction);
        writer.line("// joins " + running + " running results of " + reduction.type());
        boolean single = count == 1 && running > Grid.WARP;
        String result = writer.fresh("r");
        if (single) {
            writer.line("SHARED u64 exchange[64];");
            writer.line(reducer.type() + " " + result + " = " + reducer.start() + ";");
            writer.open("for (i64 i = thread(); i < " + running + "; i += threads())");
            writer.line(result + ".join(" + from + "[i]);");
            writer.close();
            writer.line(result + " = of_block(" + result + ", (" + reducer.type() + "*) exchange);");
            writer.open("if (thread() == 0)");
            store(writer, reducer, result, to, "0");
        } else {
            writer.line("const i64 i = block() * " + THREADS + " + thread();");
            writer.open("if (i < " + count + ")");
            writer.line(reducer.type() + " " + result + " = " + reducer.start() + ";");
            writer.open("for (i64 k = 0; k < " + running + "; k++)");
            writer.line(result + ".join(" + from + "[k * " + count + " + i]);");
            writer.close();
            store(writer, reducer, result, to, "i");
        }
        writer.close();
        return arguments.kernel(writer, new Grid(single ? 1 : Math.ceilDiv(count, THREADS), THREADS));
    }

    private static void store(Writer writer, Reducer reducer, String result, String to, String index) {
        var element = reducer.reduction().type().element();
        writer.line(to + "[" + index + "] = " + Elements.stored(element, reducer.result(result)) + ";");
    }
}
