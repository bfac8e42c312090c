package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Root;
import dev.weft.graph.type.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the units of a kernel leave of reductions over more than one unit: a row of running results for each reduction of columns, one
 * result for each other. Another kernel combines them, in their order.
 */
final class PartialResults {
    private final List<Root> roots;
    private final long width;
    private final IrBuilder ir;
    private final ElementCode elements;
    private final Arguments arguments;
    private final Map<Root, Accumulator> registers;
    private long points;
    private long rows;

    /**
     * @param registers the running results that are held in registers: of all but reductions of columns
     * @param units how many units there are, if {@link #count} does not say otherwise
     */
    PartialResults(
            Nest nest,
            IrBuilder ir,
            ElementCode elements,
            Arguments arguments,
            Map<Root, Accumulator> registers,
            long units) {
        this.roots =
                nest.roots().stream().filter(root -> root.kind().isPartial()).toList();
        this.width = nest.space().width();
        this.ir = ir;
        this.elements = elements;
        this.arguments = arguments;
        this.registers = registers;
        this.points = units;
        this.rows = units;
    }

    /** Says how many single results and how many rows of results each reduction has. */
    void count(long singles, long rowsOfColumns) {
        points = singles;
        rows = rowsOfColumns;
    }

    /** Starts a unit: from here on its results are those of nothing. Reductions of columns get these columns of a row of results. */
    Map<Root, Accumulator.Partials> begin(String row, String firstColumn, String endColumn) {
        Map<Root, Accumulator.Partials> columns = new HashMap<>();
        for (Root root : roots) {
            if (root.kind() == Root.Kind.REDUCE_COLUMN) {
                Accumulator.Partials partials = ofRow(root, row);
                Accumulator inMemory = Accumulator.inMemory(ir, elements, root.value());
                ir.loop(firstColumn, endColumn, column -> inMemory.reset(partials, column));
                columns.put(root, partials);
            } else {
                registers.get(root).reset();
            }
        }
        return columns;
    }

    /** Ends a unit: stores what registers hold. */
    void finish(String unit) {
        for (Root root : roots) {
            if (root.kind() != Root.Kind.REDUCE_COLUMN) {
                registers.get(root).spill(from(root, points, "0"), unit);
            }
        }
    }

    /** A row of results of a reduction of columns. */
    Accumulator.Partials ofRow(Root root, String row) {
        return from(root, rows * width, ir.emit("mul nsw i64 " + row + ", " + width));
    }

    /** The running results from number {@code first} of {@code count} on. */
    private Accumulator.Partials from(Root root, long count, String first) {
        Value reduction = root.value();
        String base = arguments.name(new Slot.Partial(reduction, Accumulator.partialBytes(reduction, count)));
        String places = Accumulator.asksWhere(reduction)
                ? ir.emit("getelementptr inbounds i8, ptr " + base + ", i64 "
                        + Accumulator.placesOffset(reduction, count))
                : "";
        return new Accumulator.Partials(
                elements.address(Accumulator.element(reduction), base, first),
                places.isEmpty() ? "" : elements.address(ElementType.I64, places, first));
    }
}
