package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.FewRows;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Tiling;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.schedule.MatrixProduct;
import dev.weft.graph.schedule.MatrixProduct.Axis;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A dot_general as matrix products: {@code loops} around {@code c (m, n) = a (m, k) · b (k, n)}, cut into tiles. Offsets and strides are
 * in elements of the roots.
 *
 * @param a the stored value that the left operand is a view of
 * @param b the stored value that the right operand is a view of
 * @param c the product
 */
public record Product(Value a, Value b, Value c, long offsetA, long offsetB, List<Axis> loops, Axis m, Axis n, Axis k) {

    private static final long TILE_ROWS = 256;
    private static final long TILE_COLUMNS = 512;
    private static final long LEAST_ROWS = 64;
    private static final long LEAST_COLUMNS = 96;
    private static final long WANTED_TILES = 8;

    /** A tile reads its rows and columns all along the sum: where that is long, they come from memory, and fewer tiles read less. */
    private static final long LONG_DEPTH = 16_384;

    private static final long WANTED_TILES_OF_LONG = 4;
    private static final long WANTED_TILES_OF_PACKED = 12;

    /** Elements of two bytes: sums of at least as many terms go piece by piece through operands that lie in no cache. */
    private static final long LEAST_SPLIT_DEPTH = 8192;

    /** Terms that are multiplied before the next piece: 4 KiB of a row. */
    private static final long PIECE_DEPTH = 2048;

    public Product {
        loops = List.copyOf(loops);
    }

    /** The product, if its operands lie so that oneDNN reads them in place; {@code isRoot} tells stored values. */
    public static Optional<Product> of(Value value, Predicate<Value> isRoot) {
        DotGeneral op = (DotGeneral) value.op();
        ElementType element = op.x().type().element();
        boolean known = element == ElementType.F32 || element == ElementType.BF16 || element == ElementType.F16;
        if (!known || !(op.element() == ElementType.F32 || op.element() == element)) {
            return Optional.empty();
        }
        return MatrixProduct.of(value, isRoot)
                .map(product -> new Product(
                        product.a(),
                        product.b(),
                        value,
                        product.offsetA(),
                        product.offsetB(),
                        product.loops(),
                        product.m(),
                        product.n(),
                        product.k()));
    }

    /** This as what the kernels for few rows take. */
    FewRows fewRows() {
        return new FewRows(
                a,
                b,
                c,
                offsetA,
                offsetB,
                loops.stream().map(Product::plain).toList(),
                plain(m),
                plain(n),
                plain(k),
                HiddenTerms.areZero(a),
                true);
    }

    private static FewRows.Axis plain(Axis axis) {
        return new FewRows.Axis(axis.size(), axis.a(), axis.b(), axis.c());
    }

    /** Products of one matrix with one matrix. */
    public long loopCount() {
        return loops.stream().mapToLong(Axis::size).reduce(1, Math::multiplyExact);
    }

    /** Sizes of a full tile; by the sizes of the product alone. */
    public Tile tile() {
        boolean isLong = k.size() >= LONG_DEPTH;
        long rows = even(m.size(), TILE_ROWS);
        long columns = even(n.size(), TILE_COLUMNS);
        long outer = loopCount();
        boolean packs = isPacked();
        long wanted = isLong ? WANTED_TILES_OF_LONG : packs ? WANTED_TILES_OF_PACKED : WANTED_TILES;
        while (outer * Math.ceilDiv(m.size(), rows) * Math.ceilDiv(n.size(), columns) < wanted) {
            boolean narrow = columns > LEAST_COLUMNS && (columns >= rows || packs);
            if (narrow) {
                columns = half(columns);
            } else if (rows > LEAST_ROWS) {
                rows = half(rows);
            } else if (columns > LEAST_COLUMNS) {
                columns = half(columns);
            } else {
                break;
            }
        }
        return new Tile(rows, columns);
    }

    /** Elements of two bytes are interleaved before they are multiplied, those on the right anew for every row of tiles. */
    private boolean isPacked() {
        return a.type().element().bytes() == 2;
    }

    /** Sizes of a full tile, of those at the lower edge, at the right edge and in the corner; equal where there is no edge. */
    public List<Tile> tiles() {
        Tile full = tile();
        long rows = m.size() % full.rows() == 0 ? full.rows() : m.size() % full.rows();
        long columns = n.size() % full.columns() == 0 ? full.columns() : n.size() % full.columns();
        return List.of(full, new Tile(rows, full.columns()), new Tile(full.rows(), columns), new Tile(rows, columns));
    }

    /** The size of equal parts of an axis, each at most {@code most}: a small rest would leave threads without work. */
    private static long even(long size, long most) {
        if (size <= most) {
            return size;
        }
        long part = Math.ceilDiv(size, Math.ceilDiv(size, most));
        return Math.min(most, Math.ceilDiv(part, 16) * 16);
    }

    private static long half(long size) {
        return Math.ceilDiv(Math.ceilDiv(size, 2), 16) * 16;
    }

    /** Terms of a piece of the sum: all, but of long ones. By the sizes of the product alone. */
    public long pieceDepth() {
        boolean splits = isPacked() && k.size() >= LEAST_SPLIT_DEPTH && c.type().element() == ElementType.F32;
        return splits ? PIECE_DEPTH : k.size();
    }

    /** Pieces of the sum, which are added to the tile one after the other. */
    public long pieces() {
        return Math.ceilDiv(k.size(), pieceDepth());
    }

    /**
     * What oneDNN is asked to do for a tile: the first piece of the sum, and where there are several one of those between and the last.
     *
     * @param inScratch whether the tile is written to memory of its own, as wide as a full tile, or to where it belongs
     */
    public List<MatmulProblem> problems(Tile tile, boolean inScratch) {
        long stepC = inScratch ? tile().columns() : m.c() == 0 ? n.size() : m.c();
        long depth = pieceDepth();
        MatmulProblem first = problem(tile, depth, stepC, false);
        if (pieces() == 1) {
            return List.of(first);
        }
        long last = k.size() - (pieces() - 1) * depth;
        return List.of(first, problem(tile, depth, stepC, true), problem(tile, last, stepC, true));
    }

    /** Rows and columns of a tile. */
    public record Tile(long rows, long columns) {}

    /** The points of the result, cut into tiles. */
    public Tiling tiling(boolean inScratch) {
        Tile tile = tile();
        List<Tiling.Axis> around = loops.stream()
                .map(axis -> new Tiling.Axis(axis.size(), axis.c()))
                .toList();
        Tiling.Axis rows = new Tiling.Axis(m.size(), m.c());
        return new Tiling(c, inScratch, around, rows, new Tiling.Axis(n.size(), n.c()), tile.rows(), tile.columns());
    }

    /**
     * @param depth how many terms are summed
     * @param stepC elements from one row of the result to the next
     * @param adds whether to what is there
     */
    private MatmulProblem problem(Tile tile, long depth, long stepC, boolean adds) {
        DotGeneral op = (DotGeneral) c.op();
        long stepA = m.size() > 1 ? m.a() : k.a() == 1 ? k.size() : 1;
        long stepB = n.size() > 1 ? n.b() : k.b() == 1 ? k.size() : 1;
        return new MatmulProblem(
                op.x().type().element(),
                op.element(),
                1,
                tile.rows(),
                tile.columns(),
                depth,
                new MatmulProblem.Strides(0, stepA, k.a()),
                new MatmulProblem.Strides(0, k.b(), stepB),
                new MatmulProblem.Strides(0, stepC, 1),
                adds);
    }
}
