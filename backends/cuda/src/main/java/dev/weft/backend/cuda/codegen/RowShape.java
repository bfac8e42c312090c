package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Root;
import dev.weft.graph.nest.Term;
import dev.weft.graph.type.ElementType;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How the rows of a nest are shared out among threads, by sizes alone. A unit is whoever takes some rows one after the other and leaves
 * running results of what is reduced over rows.
 *
 * @param threads of a block
 * @param rowThreads that share a row, or of {@link Mode#COLUMNS} a tile of columns
 * @param parts packs of a row that each of these takes; 0 for as many as there are, one after the other
 * @param held what several passes read and stays in registers between them
 */
record RowShape(
        Mode mode,
        Packs packs,
        int threads,
        int rowThreads,
        int parts,
        long rowsPerUnit,
        long units,
        long tiles,
        Set<Node> held) {

    /** Who takes a row. */
    enum Mode {
        /** A thread: neighbouring threads read neighbouring rows. */
        THREAD,
        /** A warp, whose lanes share the row without waiting. */
        WARP,
        /** A block. */
        BLOCK,
        /** Nothing is asked of a row as a whole: blocks take tiles of columns, and some rows of them. */
        COLUMNS
    }

    private static final int MOST_PARTS = 8;
    private static final int WARPS = 4;
    private static final int MOST_UNITS = 1024;
    private static final int LEAST_ROWS = 4;
    private static final int MANY_ROWS = 1024;
    private static final int FEW_COLUMNS = 4;
    private static final int USUAL_THREADS = 256;

    /** Threads of a block, and how many 32-bit registers each may fill with what it holds of a row. */
    private record Budget(int threads, int words) {}

    private static final List<Budget> BLOCKS = List.of(
            new Budget(64, 96), new Budget(128, 96), new Budget(256, 96), new Budget(512, 48), new Budget(1024, 16));

    static RowShape of(Nest nest) {
        boolean columns = has(nest, Root.Kind.REDUCE_COLUMN);
        Term.Loop inner = nest.space().inner().getLast();
        boolean single = nest.space().inner().size() == 1 && inner.size() > 1;
        Packs packs = Packs.of(
                nest.roots(),
                List.of(inner),
                nest.space().point(),
                size -> inner.size() % size == 0 || single && !columns);
        boolean wholeRows = nest.roots().stream()
                .anyMatch(root ->
                        root.kind() == Root.Kind.REDUCE_ROW || root.kind().isPerRow());
        if (!wholeRows) {
            return tiles(nest, packs, columns);
        }
        return isThread(nest, packs) ? thread(nest, packs) : rows(nest, packs);
    }

    private static boolean has(Nest nest, Root.Kind kind) {
        return nest.roots().stream().anyMatch(root -> root.kind() == kind);
    }

    private static long packsOfRow(Nest nest, Packs packs) {
        long reach = nest.space().width() % packs.size() == 0 ? 0 : packs.size() - 1;
        return Math.max(1, Math.ceilDiv(nest.space().width() + reach, packs.size()));
    }

    private static RowShape tiles(Nest nest, Packs packs, boolean columns) {
        long rows = nest.space().rows();
        long count = packsOfRow(nest, packs);
        int threads = Math.toIntExact(Math.min(USUAL_THREADS, Math.ceilDiv(count, Grid.WARP) * Grid.WARP));
        int parts = columns ? 1 : Math.toIntExact(Math.max(1, Math.ceilDiv(count, (long) threads * MOST_UNITS)));
        long tiles = Math.ceilDiv(count, (long) threads * parts);
        long wanted = Math.clamp(MOST_UNITS / tiles, 1, Math.max(1, Math.ceilDiv(rows, LEAST_ROWS)));
        long rowsPerUnit = Math.max(1, Math.ceilDiv(rows, wanted));
        long units = Math.max(1, Math.ceilDiv(rows, rowsPerUnit));
        return new RowShape(Mode.COLUMNS, packs, threads, threads, parts, rowsPerUnit, units, tiles, Set.of());
    }

    /** Many rows, of which neighbouring elements lie in neighbouring rows, or which are very short. */
    private static boolean isThread(Nest nest, Packs packs) {
        boolean partial = nest.roots().stream().anyMatch(root -> root.kind().isPartial());
        if (partial || nest.space().rows() < MANY_ROWS) {
            return false;
        }
        if (nest.space().width() <= FEW_COLUMNS) {
            return true;
        }
        Term.Loop inner = nest.space().inner().getLast();
        Term.Loop outer = nest.space().outer().getLast();
        return packs.size() == 1
                && Packs.nodes(nest.roots()).stream()
                        .filter(node -> node.kind() == Node.Kind.LOAD)
                        .anyMatch(node -> node.position().coefficients().getOrDefault(inner, 0L) > 1
                                && node.position().coefficients().getOrDefault(outer, 0L) == 1);
    }

    private static RowShape thread(Nest nest, Packs packs) {
        int threads = WARPS * Grid.WARP;
        return new RowShape(Mode.THREAD, packs, threads, 1, 0, 1, nest.space().rows(), 1, Set.of());
    }

    private static RowShape rows(Nest nest, Packs packs) {
        long count = packsOfRow(nest, packs);
        Set<Node> held = heldBetweenPasses(nest, packs);
        int words = held.stream().mapToInt(node -> words(node, packs)).sum();
        for (Root root : nest.roots()) {
            words += root.kind() == Root.Kind.REDUCE_COLUMN
                    ? Reducer.of(root.value()).bytes() / Float.BYTES * packs.size()
                    : 0;
        }
        boolean partial = nest.roots().stream().anyMatch(root -> root.kind().isPartial());
        long rows = nest.space().rows();
        long rowsPerUnit = partial ? Math.max(LEAST_ROWS, Math.ceilDiv(rows, MOST_UNITS)) : 1;
        long units = Math.max(1, Math.ceilDiv(rows, rowsPerUnit));
        long warpParts = Math.ceilDiv(count, Grid.WARP);
        if (warpParts <= MOST_PARTS && warpParts * words <= BLOCKS.getFirst().words()) {
            int parts = Math.toIntExact(warpParts);
            return new RowShape(Mode.WARP, packs, WARPS * Grid.WARP, Grid.WARP, parts, rowsPerUnit, units, 1, held);
        }
        for (Budget block : BLOCKS) {
            long parts = Math.ceilDiv(count, block.threads());
            if (parts <= MOST_PARTS && parts * words <= block.words()) {
                return new RowShape(
                        Mode.BLOCK,
                        packs,
                        block.threads(),
                        block.threads(),
                        Math.toIntExact(parts),
                        rowsPerUnit,
                        units,
                        1,
                        held);
            }
        }
        int threads = Math.toIntExact(Math.clamp(Math.ceilDiv(count, Grid.WARP) * Grid.WARP, Grid.WARP, 512));
        return new RowShape(Mode.BLOCK, packs, threads, threads, 0, rowsPerUnit, units, 1, Set.of());
    }

    /** Registers of 32 bits. */
    private static int words(Node load, Packs packs) {
        ElementType element = load.value().type().element();
        return Math.max(1, element.bytes() * packs.size() / Float.BYTES);
    }

    /** What is read together in several passes. */
    private static Set<Node> heldBetweenPasses(Nest nest, Packs packs) {
        Set<Node> once = new HashSet<>();
        Set<Node> again = new LinkedHashSet<>();
        for (int pass = 0; pass < nest.passes(); pass++) {
            for (Node load : packs.loads(ofPass(nest, pass))) {
                if (!once.add(load)) {
                    again.add(load);
                }
            }
        }
        return again;
    }

    /** What is done at each point in a pass. */
    static List<Root> ofPass(Nest nest, int pass) {
        return nest.roots().stream()
                .filter(root -> root.stage() == pass && !root.kind().isPerRow())
                .toList();
    }

    /** Whether columns of a unit stay with one thread, in registers. */
    boolean keepsColumns() {
        return parts > 0;
    }

    /** How many running results a reduction of all points or rows leaves: one a block. */
    long blocks() {
        return mode == Mode.WARP ? Math.ceilDiv(units, WARPS) : units * tiles;
    }

    Grid grid() {
        return switch (mode) {
            case THREAD -> new Grid(Math.ceilDiv(units, threads), threads);
            case WARP, BLOCK -> new Grid(blocks(), threads);
            case COLUMNS -> new Grid(tiles, Math.toIntExact(units), threads, 0);
        };
    }
}
