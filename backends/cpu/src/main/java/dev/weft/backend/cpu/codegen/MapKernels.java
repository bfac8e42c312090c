package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Panels;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Tiling;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The kernels of a map region: one nest, then for each reduction across units one kernel that combines the partial results. */
public final class MapKernels {
    /** Elements of a unit of work on one of many tensors: enough to hide a call, few enough to share out small tensors. */
    public static final long POINTS_OF_PART = 8192;

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
        return of(rows, width, values, outputs, sharing, null);
    }

    /** @param partial a value that lies in memory in parts */
    static List<Kernel> of(
            long rows,
            long width,
            List<Value> values,
            List<Value> outputs,
            Map<Value, Value> sharing,
            @Nullable PartialSums partial) {
        Nest nest = Nest.of(rows, width, values, outputs);
        List<Kernel> kernels = new ArrayList<>();
        kernels.add(NestCompiler.compile(nest, sharing, partial));
        for (Root root : nest.roots()) {
            if (root.kind().isPartial()) {
                long count =
                        root.kind() == Root.Kind.REDUCE_COLUMN ? nest.space().width() : 1;
                kernels.add(combine(root.value(), count, NestCompiler.units(nest), sharing));
            }
        }
        return kernels;
    }

    /**
     * The kernels of a map of many tensors, for one of them: their texts do not depend on how many elements it has, which is an
     * argument, and each unit of the first is {@link #POINTS_OF_PART} elements.
     *
     * @param part a map of single elements, see {@link dev.weft.graph.schedule.Region#loop}
     */
    public static List<Kernel> ofPart(Region part, Map<Value, Value> sharing) {
        long points = part.space().elements();
        Nest nest = Nest.of(1, points, part.values(), part.outputs());
        List<Kernel> kernels = new ArrayList<>();
        kernels.add(NestCompiler.compilePart(nest, POINTS_OF_PART, sharing));
        long partials = Math.ceilDiv(points, POINTS_OF_PART);
        for (Root root : nest.roots()) {
            if (root.kind().isPartial()) {
                kernels.add(combinePart(root.value(), partials, sharing));
            }
        }
        return kernels;
    }

    /** Bytes of one partial result of a reduction. */
    public static long partialBytes(Value reduction) {
        return Accumulator.partialBytes(reduction, 1);
    }

    /**
     * The kernel that computes {@code values} from a product, with one unit for each tile; then for each reduction across tiles the one
     * that combines the partial results.
     *
     * @return empty if the values cannot be computed tile by tile
     */
    public static List<Kernel> tiled(
            Tiling tiling, List<Value> values, List<Value> outputs, Map<Value, Value> sharing) {
        Optional<Nest> found = Nest.tiled(tiling, values, outputs);
        if (found.isEmpty()) {
            return List.of();
        }
        List<Kernel> kernels = new ArrayList<>();
        kernels.add(NestCompiler.compile(found.get(), tiling, sharing));
        for (Root root : found.get().roots()) {
            if (root.kind().isPartial()) {
                boolean columns = root.kind() == Root.Kind.REDUCE_COLUMN;
                long count = columns ? tiling.columns().size() : 1;
                long partials = columns ? tiling.units() / tiling.columnTiles() : tiling.units();
                kernels.add(combine(root.value(), count, partials, sharing));
            }
        }
        return kernels;
    }

    /**
     * The kernel that computes {@code values} panel by panel.
     *
     * @param outputs what is stored: as panels those that {@code panels} wants, one element for each row of the others
     * @return empty if the values cannot be computed row by row
     */
    public static Optional<PanelKernel> panels(
            Panels panels, List<Value> values, List<Value> outputs, Map<Value, Value> sharing) {
        return Nest.panels(panels, values, outputs).map(nest -> NestCompiler.compile(nest, panels, sharing));
    }

    /** {@code result[i] = partial[0][i] ⊕ partial[1][i] ⊕ …}, always in this order. */
    private static Kernel combine(Value reduction, long count, long partials, Map<Value, Value> sharing) {
        IrBuilder ir = new IrBuilder();
        ElementCode elements = new ElementCode(ir);
        Arguments arguments =
                new Arguments(sharing, new Demands(Space.of(1, 1), java.util.Set.of(), java.util.Set.of()));
        long bytes = Accumulator.partialBytes(reduction, count * partials);
        String values = arguments.name(new Slot.Partial(reduction, bytes));
        String places = Accumulator.asksWhere(reduction)
                ? ir.emit("getelementptr inbounds i8, ptr " + values + ", i64 "
                        + Accumulator.placesOffset(reduction, count * partials))
                : "";
        Accumulator.Partials from = new Accumulator.Partials(values, places);
        String to = arguments.tensor(reduction);
        Accumulator accumulator = Accumulator.inMemory(ir, elements, reduction);
        // How many results there are is an argument, but where places lie depends on it.
        boolean isArgument = count > 1 && !Accumulator.asksWhere(reduction);
        String all = isArgument ? arguments.name(new Slot.Size("count", count)) : Long.toString(count);
        LongFunction<String> apart =
                partial -> isArgument ? ir.emit("mul nsw i64 " + all + ", " + partial) : Long.toString(partial * count);
        long perUnit = Math.max(1024, Math.ceilDiv(count, 64));
        ir.loop(
                "%unit0",
                "%unit1", unit -> {
                    String first = ir.emit("mul nsw i64 " + unit + ", " + perUnit);
                    String end = ir.emit("add nsw i64 " + first + ", " + perUnit);
                    String last = ir.call("i64", "llvm.smin.i64", "i64", end, all);
                    ir.loop(first, last, index -> {
                        String total = accumulator.total(from, index, apart, partials);
                        ElementType result = reduction.type().element();
                        elements.store(result, total, to, index);
                    });
                });
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(count, perUnit), 0);
    }

    /** {@code result = partial[0] ⊕ partial[1] ⊕ …} for as many partials as an argument says. */
    private static Kernel combinePart(Value reduction, long partials, Map<Value, Value> sharing) {
        IrBuilder ir = new IrBuilder();
        ElementCode elements = new ElementCode(ir);
        Arguments arguments =
                new Arguments(sharing, new Demands(Space.of(1, 1), java.util.Set.of(), java.util.Set.of()));
        long bytes = Accumulator.partialBytes(reduction, partials);
        String values = arguments.name(new Slot.Partial(reduction, bytes));
        String to = arguments.tensor(reduction);
        Accumulator accumulator = Accumulator.inRegister(ir, elements, reduction);
        accumulator.reset();
        ir.loop(
                "0",
                arguments.number(partials),
                index -> accumulator.add(elements.load(accumulator.element(), values, index), () -> index));
        ElementType result = reduction.type().element();
        elements.store(result, elements.round(result, accumulator.result()), to, "0");
        return new Kernel(arguments.module(ir), arguments.slots(), 1, 0);
    }
}
