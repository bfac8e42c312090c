package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernel of a nest with reductions: a block takes some rows, one after the other, and its threads share the points of a row. What is
 * reduced over rows stays with the thread that reads the column, or in the block, until all its rows are done.
 */
final class RowKernel {
    private static final int MOST_THREADS = 256;
    private static final long MOST_PARTIALS = 512;

    private final Nest nest;
    private final Space space;
    private final long rowsPerBlock;
    private final long columnsPerBlock;
    private final boolean isOneRow;

    private final Writer writer = new Writer();
    private final Arguments arguments;
    private final NodeText nodes;
    private final Map<Root, String> running = new LinkedHashMap<>();

    RowKernel(Nest nest, Map<Value, Value> sharing) {
        this.nest = nest;
        this.space = nest.space();
        this.arguments = new Arguments(sharing, nest.demands());
        this.nodes = new NodeText(writer, arguments);
        boolean partial = nest.roots().stream().anyMatch(root -> root.kind().isPartial());
        // A single long row of which nothing is asked but its total is shared out among blocks.
        this.isOneRow = space.rows() == 1
                && nest.roots().stream()
                        .allMatch(
                                root -> root.kind() == Root.Kind.REDUCE_POINTS || root.kind() == Root.Kind.STORE_POINT);
        this.rowsPerBlock = partial ? Math.max(1, Math.ceilDiv(space.rows(), MOST_PARTIALS)) : 1;
        this.columnsPerBlock = isOneRow
                ? Math.max(8L * MOST_THREADS, Math.ceilDiv(space.width(), MOST_PARTIALS))
                : Math.max(1, space.width());
    }

    /** How many blocks there are, each of which leaves running results. */
    long blocks() {
        return isOneRow
                ? Math.max(1, Math.ceilDiv(space.width(), columnsPerBlock))
                : Math.ceilDiv(space.rows(), rowsPerBlock);
    }

    private int threads() {
        long warps = Math.ceilDiv(Math.max(1, Math.min(columnsPerBlock, MOST_THREADS)), Grid.WARP);
        return Math.toIntExact(warps * Grid.WARP);
    }

    Kernel kernel() {
        writer.line("// " + space.rows() + " rows of " + space.width() + " points");
        writer.line("SHARED u64 exchange[64];");
        for (Root root : nest.roots()) {
            switch (root.kind()) {
                case REDUCE_POINTS, REDUCE_ROWS -> begin(root);
                case REDUCE_ROW, REDUCE_COLUMN, STORE_POINT, STORE_ROW -> {}
            }
        }
        if (isOneRow) {
            writer.bind(space.outer(), "0");
            pass(0);
        } else {
            writer.line("const i64 first = block() * " + rowsPerBlock + ";");
            writer.line("const i64 last = smaller<i64>(first + " + rowsPerBlock + ", " + space.rows() + ");");
            writer.open("for (i64 row = first; row < last; row++)");
            writer.bind(space.outer(), "row");
            rows();
            writer.close();
        }
        running.forEach(this::finish);
        return arguments.kernel(writer, new Grid(blocks(), threads()));
    }

    private void rows() {
        for (int pass = 0; pass < nest.passes(); pass++) {
            perRow(pass);
            int now = pass;
            if (nest.roots().stream()
                    .anyMatch(root -> root.stage() == now && !root.kind().isPerRow())) {
                nest.roots().stream()
                        .filter(root -> root.stage() == now && root.kind() == Root.Kind.REDUCE_ROW)
                        .forEach(this::begin);
                pass(pass);
                nest.roots().stream()
                        .filter(root -> root.stage() == now && root.kind() == Root.Kind.REDUCE_ROW)
                        .forEach(this::share);
            }
        }
        perRow(nest.passes());
    }

    private void begin(Root root) {
        Reducer reducer = Reducer.of(root.value());
        String name = writer.fresh("r");
        running.put(root, name);
        writer.line(reducer.type() + " " + name + " = " + reducer.start() + ";");
    }

    /** The result of a row, to every thread. */
    private void share(Root root) {
        Reducer reducer = Reducer.of(root.value());
        String name = running.remove(root);
        writer.line(name + " = of_block(" + name + ", (" + reducer.type() + "*) exchange);");
        String result = writer.let(Elements.register(root.value().type().element()), reducer.result(name));
        writer.remember(nest.demands().at(root.value(), space.row()), result);
    }

    /** What there is one of per row, as soon as the passes before have been made. */
    private void perRow(int pass) {
        List<Root> now = nest.roots().stream()
                .filter(root -> root.stage() == pass && root.kind().isPerRow())
                .toList();
        now.forEach(root -> {
            nodes.emit(root.source());
            nodes.index(root.target());
        });
        for (Root root : now) {
            if (root.kind() == Root.Kind.STORE_ROW) {
                String value = Elements.stored(root.value().type().element(), nodes.emit(root.source()));
                writer.line("if (thread() == 0) %s[%s] = %s;"
                        .formatted(arguments.write(root.value()), nodes.index(root.target()), value));
            } else {
                // Every thread has the row's element; one of them counts it.
                writer.line(
                        "if (thread() == 0) " + running.get(root) + ".add(" + nodes.emit(root.source()) + ", row);");
            }
        }
    }

    private void pass(int pass) {
        if (isOneRow) {
            writer.line("const i64 first = block() * " + columnsPerBlock + ";");
            writer.line("const i64 last = smaller<i64>(first + " + columnsPerBlock + ", " + space.width() + ");");
        }
        writer.open("for (i64 column = %s; column < %s; column += threads())"
                .formatted(isOneRow ? "first + thread()" : "thread()", isOneRow ? "last" : space.width()));
        writer.bind(space.inner(), "column");
        List<Root> now = nest.roots().stream()
                .filter(root -> root.stage() == pass && !root.kind().isPerRow())
                .toList();
        // Everything is loaded before anything is stored: an output may lie where an input was.
        now.forEach(root -> {
            nodes.emit(root.source());
            nodes.index(root.target());
        });
        for (Root root : now) {
            String value = nodes.emit(root.source());
            switch (root.kind()) {
                case STORE_POINT ->
                    writer.line("%s[%s] = %s;"
                            .formatted(
                                    arguments.write(root.value()),
                                    nodes.index(root.target()),
                                    Elements.stored(root.value().type().element(), value)));
                case REDUCE_ROW, REDUCE_POINTS -> writer.line(running.get(root) + ".add(" + value + ", column);");
                case REDUCE_COLUMN -> column(root, value);
                case STORE_ROW, REDUCE_ROWS -> {}
            }
        }
        writer.close();
    }

    /** A column is always of the same thread, which keeps its running result in memory. */
    private void column(Root root, String value) {
        Reducer reducer = Reducer.of(root.value());
        long bytes = blocks() * space.width() * reducer.bytes();
        String partial = arguments.written(new Slot.Partial(root.value(), bytes));
        String name = writer.fresh("r");
        String place = partial + "[block() * " + space.width() + " + column]";
        writer.line(reducer.type() + " " + name + " = " + reducer.start() + ";");
        writer.line("if (row > first) " + name + " = " + place + ";");
        writer.line(name + ".add(" + value + ", row);");
        writer.line(place + " = " + name + ";");
    }

    /** Leaves the block's running result in memory. */
    private void finish(Root root, String name) {
        Reducer reducer = Reducer.of(root.value());
        String partial = arguments.written(new Slot.Partial(root.value(), blocks() * reducer.bytes()));
        writer.line(name + " = of_block(" + name + ", (" + reducer.type() + "*) exchange);");
        writer.line("if (thread() == 0) " + partial + "[block()] = " + name + ";");
    }
}
