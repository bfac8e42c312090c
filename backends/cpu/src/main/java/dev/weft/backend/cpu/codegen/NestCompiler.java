package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Panels;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.nest.Tiling;
import dev.weft.graph.type.ElementType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes the kernel of a nest. */
final class NestCompiler {
    private static final long POINTS_PER_UNIT = 4096;
    private static final long MOST_UNITS = 64;
    private static final long MOST_PARTIALS = 16;

    private final Nest nest;
    private final Space space;
    private final IrBuilder ir = new IrBuilder();
    private final ElementCode elements = new ElementCode(ir);
    private final Arguments arguments;
    private final NodeCode nodes;
    private final Map<Root, Accumulator> accumulators = new LinkedHashMap<>();
    private final RowBuffers rowBuffers;
    private final PartialResults partials;
    private @Nullable PanelBuffers panelBuffers;

    private NestCompiler(Nest nest, Map<Value, Value> sharing) {
        this(nest, sharing, null, 0);
    }

    /**
     * @param partial a value that lies in memory in parts
     * @param scratch first byte of scratch memory that may be used
     */
    private NestCompiler(Nest nest, Map<Value, Value> sharing, @Nullable PartialSums partial, long scratch) {
        this.nest = nest;
        this.space = nest.space();
        this.arguments = new Arguments(sharing, nest.demands(), partial);
        this.nodes = new NodeCode(ir, arguments);
        this.rowBuffers = new RowBuffers(nest, ir, scratch);
        this.partials = new PartialResults(nest, ir, elements, arguments, accumulators, units(nest));
    }

    static Kernel compile(Nest nest, Map<Value, Value> sharing) {
        return compile(nest, sharing, null);
    }

    /** @param partial a value that lies in memory in parts */
    static Kernel compile(Nest nest, Map<Value, Value> sharing, @Nullable PartialSums partial) {
        return new NestCompiler(nest, sharing, partial, 0).kernel();
    }

    /** The kernel of a nest over the points of a product, with one unit for each tile. */
    static Kernel compile(Nest nest, Tiling tiling, Map<Value, Value> sharing) {
        return new NestCompiler(nest, sharing).kernel(tiling);
    }

    /** The kernel of a nest over the points of a panel. */
    static PanelKernel compile(Nest nest, Panels panels, Map<Value, Value> sharing) {
        return new NestCompiler(nest, sharing, null, PanelBuffers.HEADER).kernel(panels);
    }

    /** The kernel of a flat nest whose number of points is an argument. */
    static Kernel compilePart(Nest nest, long pointsPerUnit, Map<Value, Value> sharing) {
        NestCompiler compiler = new NestCompiler(nest, sharing);
        compiler.registers();
        return compiler.part(pointsPerUnit);
    }

    /** How many units of work there are: by sizes alone. */
    static long units(Nest nest) {
        long rows = nest.space().rows();
        long width = nest.space().width();
        return nest.flat() ? Math.ceilDiv(width, pointsPerUnit(nest)) : Math.ceilDiv(rows, rowsPerUnit(nest));
    }

    private static long pointsPerUnit(Nest nest) {
        boolean partials = nest.roots().stream().anyMatch(root -> root.kind().isPartial());
        return partials
                ? Math.max(POINTS_PER_UNIT, Math.ceilDiv(nest.space().width(), MOST_PARTIALS))
                : POINTS_PER_UNIT;
    }

    private static long rowsPerUnit(Nest nest) {
        long rows = nest.space().rows();
        long width = Math.max(1, nest.space().width());
        boolean partials = nest.roots().stream().anyMatch(root -> root.kind().isPartial());
        long most = partials ? MOST_PARTIALS : MOST_UNITS;
        return Math.max(1, Math.max(Math.ceilDiv(rows, most), Math.ceilDiv(POINTS_PER_UNIT, width)));
    }

    private Kernel kernel() {
        registers();
        if (nest.flat()) {
            flatUnits();
        } else {
            rowUnits();
        }
        return new Kernel(arguments.module(ir), arguments.slots(), units(nest), rowBuffers.bytes());
    }

    private void registers() {
        for (Root root : nest.roots()) {
            switch (root.kind()) {
                case REDUCE_ROW, REDUCE_POINTS, REDUCE_ROWS ->
                    accumulators.put(root, Accumulator.inRegister(ir, elements, root.value()));
                case REDUCE_COLUMN, STORE_POINT, STORE_ROW -> {}
            }
        }
    }

    private PanelKernel kernel(Panels panels) {
        registers();
        PanelBuffers buffers = new PanelBuffers(panels, nest, rowBuffers, ir);
        panelBuffers = buffers;
        ColumnRanges columns = new ColumnRanges(nest, panels);
        List<PanelKernel.Range> ranges = columns.all();
        LiveColumns live = columns.live(ranges);
        buffers.openColumns(ranges, live);
        ir.loop(
                "%unit0",
                "%unit1", row -> {
                    ir.bind(space.outer(), row);
                    buffers.startRow(row);
                    row("");
                });
        Kernel kernel = new Kernel(arguments.module(ir), arguments.slots(), 1, buffers.bytes());
        return new PanelKernel(kernel, panels, buffers.offsets(), ranges, live);
    }

    private Kernel kernel(Tiling tiling) {
        registers();
        Node product = nest.demands().at(tiling.product(), space.point());
        Map<Root, Accumulator.Partials> columns = new HashMap<>();
        partials.count(tiling.units(), tiling.units() / tiling.columnTiles());
        TileLoops loops = new TileLoops(ir, space, tiling);
        loops.emit(
                (tile, first, end) -> {
                    // Tiles that stand side by side share a row of partial results, each its columns.
                    String row = ir.emit("udiv i64 " + tile + ", " + tiling.columnTiles());
                    columns.putAll(partials.begin(row, first, end));
                },
                partials::finish,
                () -> hoist(0),
                position -> {
                    if (tiling.inScratch()) {
                        ElementType element = tiling.product().type().element();
                        ir.remember(product, elements.load(element, "%scratch", position));
                    }
                    body(0, columns);
                });
        return new Kernel(arguments.module(ir), arguments.slots(), tiling.units(), 0);
    }

    private Kernel part(long pointsPerUnit) {
        long points = space.width();
        long units = Math.ceilDiv(points, pointsPerUnit);
        partials.count(units, units);
        hoist(0);
        units(pointsPerUnit, arguments.number(points), (unit, point) -> {
            ir.remember(space.inner().getFirst(), point);
            body(0, Map.of());
        });
        return new Kernel(arguments.module(ir), arguments.slots(), units, 0);
    }

    /** One loop over all points of the units. */
    private void flatUnits() {
        String all = points();
        hoist(0);
        units(pointsPerUnit(nest), all, (unit, point) -> {
            ir.remember(space.inner().getFirst(), point);
            body(0, Map.of());
        });
    }

    /**
     * How many points there are: as an argument, so that tensors of many sizes share a kernel. Of one point there is no loop to make, and
     * where there are partial results, units depend on it anyway.
     */
    private String points() {
        boolean partial = nest.roots().stream().anyMatch(root -> root.kind().isPartial());
        return partial || space.width() <= 1
                ? Long.toString(space.width())
                : arguments.name(new Slot.Size("points", space.width()));
    }

    private void rowUnits() {
        units(rowsPerUnit(nest), Long.toString(space.rows()), (unit, row) -> {
            ir.bind(space.outer(), row);
            row(unit);
        });
    }

    /** The units, and in each its share of {@code all} points or rows. */
    private void units(long perUnit, String all, BiConsumer<String, String> body) {
        ir.loop(
                "%unit0",
                "%unit1", unit -> {
                    partials.begin(unit, "0", Long.toString(space.width()));
                    String first = ir.emit("mul nsw i64 " + unit + ", " + perUnit);
                    String end = ir.emit("add nsw i64 " + first + ", " + perUnit);
                    String last = ir.call("i64", "llvm.smin.i64", "i64", end, all);
                    ir.loop(first, last, counter -> body.accept(unit, counter));
                    partials.finish(unit);
                });
    }

    private void row(String unit) {
        for (int pass = 0; pass < nest.passes(); pass++) {
            beforePass(pass);
            for (Root root : nest.roots()) {
                if (root.kind() == Root.Kind.REDUCE_ROW && root.stage() == pass) {
                    accumulators.get(root).reset();
                }
            }
            hoist(pass);
            int current = pass;
            Map<Root, Accumulator.Partials> columns = new HashMap<>();
            for (Root root : nest.roots()) {
                if (root.kind() == Root.Kind.REDUCE_COLUMN && root.stage() == pass) {
                    columns.put(root, partials.ofRow(root, unit));
                }
            }
            if (hasWork(pass)) {
                inner(0, () -> body(current, columns));
            }
            for (Root root : nest.roots()) {
                if (root.kind() == Root.Kind.REDUCE_ROW && root.stage() == pass) {
                    Accumulator accumulator = accumulators.get(root);
                    String result = elements.round(root.value().type().element(), accumulator.result());
                    ir.remember(nest.demands().at(root.value(), space.row()), result);
                }
            }
        }
        beforePass(nest.passes());
    }

    private boolean hasWork(int pass) {
        return nest.roots().stream()
                .anyMatch(root -> root.stage() == pass && !root.kind().isPerRow());
    }

    /** What there is one of per row, as soon as the passes before have been made. */
    private void beforePass(int pass) {
        for (Root root : nest.roots()) {
            if (root.stage() == pass) {
                switch (root.kind()) {
                    case STORE_ROW -> {
                        String value = nodes.emit(root.source());
                        elements.store(
                                root.value().type().element(),
                                value,
                                arguments.tensor(root.value()),
                                nodes.index(root.target()));
                    }
                    case REDUCE_ROWS ->
                        accumulators.get(root).add(nodes.emit(root.source()), () -> nodes.index(space.row()));
                    case STORE_POINT, REDUCE_ROW, REDUCE_COLUMN, REDUCE_POINTS -> {}
                }
            }
        }
    }

    private void inner(int depth, Runnable body) {
        if (depth == space.inner().size()) {
            body.run();
            return;
        }
        Term.Loop loop = space.inner().get(depth);
        String from = panelBuffers == null ? "0" : panelBuffers.from();
        String to = panelBuffers == null ? Long.toString(loop.size()) : panelBuffers.to();
        ir.loop(from, to, counter -> {
            ir.remember(loop, counter);
            inner(depth + 1, body);
        });
    }

    private void body(int pass, Map<Root, Accumulator.Partials> columns) {
        if (panelBuffers != null) {
            panelBuffers.load(nodes);
        }
        rowBuffers.use(pass, nodes);
        // Everything is loaded before anything is stored: an output may lie where an input was.
        for (Root root : nest.roots()) {
            if (root.stage() == pass && !root.kind().isPerRow()) {
                nodes.emit(root.source());
                nodes.index(root.target());
            }
        }
        for (Root root : nest.roots()) {
            if (root.stage() == pass) {
                switch (root.kind()) {
                    case STORE_POINT -> storePoint(root);
                    case REDUCE_ROW ->
                        accumulators.get(root).add(nodes.emit(root.source()), () -> nodes.index(space.column()));
                    case REDUCE_POINTS ->
                        accumulators.get(root).add(nodes.emit(root.source()), () -> nodes.index(space.point()));
                    case REDUCE_COLUMN ->
                        Accumulator.inMemory(ir, elements, root.value())
                                .add(
                                        columns.get(root),
                                        nodes.index(space.column()),
                                        nodes.emit(root.source()),
                                        () -> nodes.index(space.row()));
                    case STORE_ROW, REDUCE_ROWS -> {}
                }
            }
        }
    }

    private void storePoint(Root root) {
        String register = nodes.emit(root.source());
        if (panelBuffers != null && panelBuffers.holds(root.value())) {
            panelBuffers.store(root.value(), register, nodes);
        } else {
            elements.store(
                    root.value().type().element(),
                    register,
                    arguments.tensor(root.value()),
                    nodes.index(root.target()));
        }
    }

    /** Emits before the loop what does not vary in it; each node is looked at once, however many read it. */
    private void hoist(int pass) {
        Set<Node> seen = new HashSet<>();
        for (Root root : nest.roots()) {
            if (root.stage() == pass && !root.kind().isPerRow()) {
                hoist(root.source(), pass, seen);
            }
        }
    }

    private void hoist(Node source, int pass, Set<Node> seen) {
        Deque<Node> open = new ArrayDeque<>(List.of(source));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (!seen.add(node)) {
                continue;
            }
            if (!node.varies()) {
                nodes.emit(node);
            } else if (!rowBuffers.isKept(node, pass)) {
                node.operands().reversed().forEach(open::push);
            }
        }
    }
}
