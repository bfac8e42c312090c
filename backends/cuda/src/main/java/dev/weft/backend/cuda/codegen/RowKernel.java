package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.codegen.PackText.Place;
import dev.weft.backend.cuda.codegen.RowShape.Mode;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.FloatUnary;
import dev.weft.graph.op.Pow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The kernel of a nest with reductions, as its {@link RowShape} says. What several passes over a row read stays in registers. What is
 * reduced over rows stays with the thread that reads the column until all rows of its unit are done; then another kernel joins the
 * units, unless there is only one.
 */
final class RowKernel {
    private final Nest nest;
    private final Space space;
    private final RowShape shape;
    private final int size;

    private final Writer writer = new Writer();
    private final Arguments arguments;
    private final NodeText nodes;
    private final PackText packs;
    private final RowWalk walk;
    private final Map<Root, String> running = new LinkedHashMap<>();
    private final Map<Node, String> held = new LinkedHashMap<>();

    RowKernel(Nest nest, RowShape shape, Map<Value, Value> sharing) {
        this.nest = nest;
        this.space = nest.space();
        this.shape = shape;
        this.size = shape.packs().size();
        boolean isFlat = space.rows() == 1 && space.inner().size() == 1;
        this.arguments = new Arguments(sharing, nest.demands(), isFlat ? space.width() : Arguments.ANY);
        this.nodes = new NodeText(writer, arguments);
        this.packs = new PackText(writer, nodes, arguments, shape.packs());
        this.walk = new RowWalk(space, shape, writer);
    }

    Kernel kernel() {
        writer.line("// " + space.rows() + " rows of " + space.width() + " points" + (size > 1 ? ", " + size : "")
                + (size > 1 ? " at once" : "") + "; each row, or tile of columns, by " + shape.rowThreads()
                + " threads");
        if (shape.mode() == Mode.BLOCK || nest.roots().stream().anyMatch(this::isOfBlock)) {
            Reducer.beginExchange(writer);
        }
        nest.roots().stream().filter(this::isOfBlock).forEach(this::begin);
        nest.roots().stream()
                .filter(root -> root.kind() == Root.Kind.REDUCE_COLUMN && shape.keepsColumns())
                .forEach(this::beginColumn);
        List<Term.Loop> all = new ArrayList<>(space.outer());
        all.addAll(space.inner());
        before(all);
        boolean loop = openRows();
        writer.bind(space.outer(), "row");
        if (walk.shifts()) {
            writer.line("const i64 shift = (i64) ((u64) row * " + space.width() + " % " + size + ");");
        }
        for (Node node : shape.held()) {
            String name = writer.fresh("x");
            writer.line(packs.type(node) + " " + name + walk.count() + ";");
            held.put(node, name + walk.at());
        }
        before(space.inner());
        rows();
        if (loop) {
            writer.close();
        }
        running.forEach(this::finish);
        return arguments.kernel(writer, shape.grid());
    }

    /** What does not change inside some loops, unless there may be nothing to read. */
    private void before(List<Term.Loop> loops) {
        if (space.width() > 0) {
            packs.before(nest.roots(), loops);
        }
    }

    /** Whether it leaves one running result for each block. */
    private boolean isOfBlock(Root root) {
        return root.kind() == Root.Kind.REDUCE_POINTS || root.kind() == Root.Kind.REDUCE_ROWS;
    }

    /** Names the row; whether rows are in a loop. */
    private boolean openRows() {
        switch (shape.mode()) {
            case THREAD -> writer.line("const i64 unit = block() * " + shape.threads() + " + thread();");
            case WARP -> writer.line("const i64 unit = block() * " + shape.threads() / 32 + " + warp();");
            case BLOCK -> writer.line("const i64 unit = block();");
            case COLUMNS -> writer.line("const i64 unit = block_y();");
        }
        if (shape.rowsPerUnit() == 1) {
            boolean whole = shape.grid().blocks() * (shape.threads() / shape.rowThreads()) == shape.units();
            if (!whole && (shape.mode() == Mode.THREAD || shape.mode() == Mode.WARP)) {
                writer.line("if (unit >= " + shape.units() + ") return;");
            }
            writer.line("const i64 row = unit;");
            return false;
        }
        writer.line("const i64 from = unit * " + shape.rowsPerUnit() + ";");
        writer.line("const i64 to = smaller<i64>(from + " + shape.rowsPerUnit() + ", " + space.rows() + ");");
        writer.open("for (i64 row = from; row < to; row++)");
        return true;
    }

    private void rows() {
        for (int pass = 0; pass < nest.passes(); pass++) {
            perRow(pass);
            List<Root> now = RowShape.ofPass(nest, pass);
            if (!now.isEmpty()) {
                List<Root> reductions = now.stream()
                        .filter(root -> root.kind() == Root.Kind.REDUCE_ROW)
                        .toList();
                reductions.forEach(this::begin);
                pass(now);
                reductions.forEach(this::share);
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

    private void beginColumn(Root root) {
        Reducer reducer = Reducer.of(root.value());
        String name = writer.fresh("r");
        running.put(root, name);
        writer.line("Pack<" + reducer.type() + ", " + size + "> " + name + walk.count() + ";");
        boolean several = walk.openParts();
        writer.line("fill(" + name + walk.at() + ", " + reducer.type() + reducer.start() + ");");
        if (several) {
            writer.close();
        }
    }

    /** The result of a row, to all threads that share it. */
    private void share(Root root) {
        Reducer reducer = Reducer.of(root.value());
        String name = running.remove(root);
        switch (shape.mode()) {
            case THREAD, COLUMNS -> {}
            case WARP -> writer.line(name + " = of_warp(" + name + ");");
            case BLOCK -> writer.line(name + " = of_block(" + name + ", exchange, turn);");
        }
        String result = writer.let(Elements.register(root.value().type().element()), reducer.result(name));
        writer.remember(nest.demands().at(root.value(), space.row()), result);
    }

    /** What there is one of per row, as soon as the passes before have been made. One of the row's threads does it. */
    private void perRow(int pass) {
        List<Root> now = nest.roots().stream()
                .filter(root -> root.stage() == pass && root.kind().isPerRow())
                .toList();
        now.forEach(root -> {
            nodes.emit(root.source());
            nodes.index(root.target());
        });
        for (Root root : now) {
            String value = nodes.emit(root.source());
            String statement = root.kind() == Root.Kind.STORE_ROW
                    ? "%s[%s] = %s;"
                            .formatted(
                                    arguments.write(root.value()),
                                    nodes.index(root.target()),
                                    Elements.stored(root.value().type().element(), value))
                    : running.get(root) + ".add(" + value + ", row);";
            writer.line(
                    switch (shape.mode()) {
                        case THREAD -> statement;
                        case WARP -> "if (lane_of_warp() == 0) " + statement;
                        case BLOCK, COLUMNS -> "if (thread() == 0) " + statement;
                    });
        }
    }

    /**
     * Four packs on their way keep memory busy. Functions are long, and written out so often that they are most of the kernel, and of the
     * time to compile it: beside them two packs are enough.
     */
    private static int unrolled(List<Root> now) {
        return Packs.nodes(now).stream()
                        .anyMatch(node -> node.value().op() instanceof FloatUnary
                                || node.value().op() instanceof Pow)
                ? 2
                : 4;
    }

    private void pass(List<Root> now) {
        int open = walk.openPacks(unrolled(now));
        Place place = walk.place();
        shape.packs().loads(now).forEach(load -> {
            String variable = held.get(load);
            if (variable != null) {
                packs.hold(load, variable, place);
            }
        });
        packs.points(now, place, this::reduce);
        for (int i = 0; i < open; i++) {
            writer.close();
        }
    }

    private void reduce(Root root, String element, String column) {
        switch (root.kind()) {
            case REDUCE_ROW, REDUCE_POINTS -> writer.line(running.get(root) + ".add(" + element + ", " + column + ");");
            case REDUCE_COLUMN -> {
                if (shape.keepsColumns()) {
                    writer.line(running.get(root) + walk.at() + ".at[" + packs.lane() + "].add(" + element + ", row);");
                } else {
                    columnInMemory(root, element, column);
                }
            }
            case STORE_POINT, STORE_ROW, REDUCE_ROWS -> {}
        }
    }

    /** Rows that are too long for registers: a column is always of the same thread, which keeps its running result in memory. */
    private void columnInMemory(Root root, String element, String column) {
        Reducer reducer = Reducer.of(root.value());
        String name = writer.fresh("r");
        String place = partial(root) + "[unit * " + space.width() + " + " + column + "]";
        writer.line(reducer.type() + " " + name + " = " + reducer.start() + ";");
        writer.line("if (row > from) " + name + " = " + place + ";");
        writer.line(name + ".add(" + element + ", row);");
        writer.line(place + " = " + name + ";");
    }

    private String partial(Root root) {
        long results = root.kind() == Root.Kind.REDUCE_COLUMN ? shape.units() * space.width() : shape.blocks();
        Reducer reducer = Reducer.of(root.value());
        return arguments.written(new Slot.Partial(root.value(), results * reducer.bytes()));
    }

    /** Leaves the running result of a block or of a unit's columns in memory, or its result where there is no other. */
    private void finish(Root root, String name) {
        if (root.kind() == Root.Kind.REDUCE_COLUMN) {
            finishColumns(root, name);
            return;
        }
        writer.line(name + " = of_block(" + name + ", exchange, turn);");
        if (shape.blocks() == 1) {
            writer.line("if (thread() == 0) " + arguments.write(root.value()) + "[0] = " + stored(root, name) + ";");
        } else {
            String block = shape.mode() == Mode.COLUMNS ? "block_y() * " + shape.tiles() + " + block()" : "block()";
            writer.line("if (thread() == 0) " + partial(root) + "[" + block + "] = " + name + ";");
        }
    }

    private void finishColumns(Root root, String name) {
        boolean some = shape.mode() == Mode.WARP && shape.units() % (shape.threads() / 32) != 0;
        if (some) {
            writer.open("if (unit < " + shape.units() + ")");
        }
        int open = walk.openPacks(4);
        if (shape.units() == 1) {
            for (int lane = 0; lane < size; lane++) {
                writer.line(arguments.write(root.value()) + "[first + " + lane + "] = "
                        + stored(root, name + walk.at() + ".at[" + lane + "]") + ";");
            }
        } else {
            writer.line("store(%s + unit * %d + first, %s);".formatted(partial(root), space.width(), name + walk.at()));
        }
        for (int i = 0; i < open; i++) {
            writer.close();
        }
        if (some) {
            writer.close();
        }
    }

    private static String stored(Root root, String running) {
        return Elements.stored(
                root.value().type().element(), Reducer.of(root.value()).result(running));
    }
}
