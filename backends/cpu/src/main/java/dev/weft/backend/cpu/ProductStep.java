package dev.weft.backend.cpu;

import dev.weft.backend.cpu.kernel.Product;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.MatmulCall;
import dev.weft.backend.cpu.runtime.Step;
import dev.weft.graph.schedule.MatrixProduct.Axis;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;

/**
 * Multiplies tile by tile. Tiles are numbered with columns fastest; each is one call of a one-thread primitive, and then one unit of
 * the kernel that uses it.
 */
final class ProductStep implements Step {
    private final Product.Tile tile;
    private final Axis m;
    private final Axis n;
    private final long rowTiles;
    private final long columnTiles;
    private final long units;
    private final long[] loopSizes;
    private final long[] loopStepsA;
    private final long[] loopStepsB;
    private final long[] loopStepsC;
    private final long addressA;
    private final long addressB;
    private final long addressC;
    private final long bytes;
    private final long bytesC;

    /** For each thread: full tile, last row of tiles, last column of tiles, corner; for each its pieces. */
    private final MatmulCall[][][] calls;

    private final long pieces;
    private final long pieceStepA;
    private final long pieceStepB;

    private final List<Tail> tails;
    private final boolean inScratch;

    /**
     * What follows each tile.
     *
     * @param tile where the thread's tiles lie if the product lies nowhere else
     */
    record Tail(KernelFunction kernel, MemorySegment arguments, MemorySegment tile) {}

    /**
     * @param addressC where the product lies; empty if only its tiles do, in scratch memory
     * @param tails one for each thread, or none
     */
    ProductStep(
            Product product,
            long addressA,
            long addressB,
            OptionalLong addressC,
            MatmulCall[][][] calls,
            List<Tail> tails) {
        this.tile = product.tile();
        this.m = product.m();
        this.n = product.n();
        this.rowTiles = Math.ceilDiv(m.size(), tile.rows());
        this.columnTiles = Math.ceilDiv(n.size(), tile.columns());
        this.units = product.loopCount() * rowTiles * columnTiles;
        this.bytes = product.a().type().element().bytes();
        this.bytesC = product.c().type().element().bytes();
        List<Axis> loops = product.loops();
        this.loopSizes = loops.stream().mapToLong(Axis::size).toArray();
        this.loopStepsA = loops.stream().mapToLong(axis -> axis.a() * bytes).toArray();
        this.loopStepsB = loops.stream().mapToLong(axis -> axis.b() * bytes).toArray();
        this.loopStepsC = loops.stream().mapToLong(axis -> axis.c() * bytesC).toArray();
        this.addressA = addressA + product.offsetA() * bytes;
        this.addressB = addressB + product.offsetB() * bytes;
        this.inScratch = addressC.isEmpty();
        this.addressC = addressC.orElse(0);
        this.tails = List.copyOf(tails);
        this.calls = calls;
        this.pieces = product.pieces();
        this.pieceStepA = product.pieceDepth() * product.k().a() * bytes;
        this.pieceStepB = product.pieceDepth() * product.k().b() * bytes;
    }

    @Override
    public void run(int thread, int threads) {
        long end = Step.firstUnit(units, thread + 1, threads);
        for (long unit = Step.firstUnit(units, thread, threads); unit < end; unit++) {
            tile(unit, thread);
            if (!tails.isEmpty()) {
                Tail tail = tails.get(thread);
                tail.kernel().call(tail.arguments(), tail.tile(), unit, unit + 1);
            }
        }
    }

    private void tile(long unit, int thread) {
        long columnTile = unit % columnTiles;
        long rest = unit / columnTiles;
        long rowTile = rest % rowTiles;
        rest /= rowTiles;
        long row = rowTile * tile.rows();
        long column = columnTile * tile.columns();
        long a = addressA + row * m.a() * bytes;
        long b = addressB + column * n.b() * bytes;
        long c = addressC + (row * m.c() + column) * bytesC;
        for (int loop = loopSizes.length - 1; loop >= 0; loop--) {
            long index = rest % loopSizes[loop];
            rest /= loopSizes[loop];
            a += index * loopStepsA[loop];
            b += index * loopStepsB[loop];
            c += index * loopStepsC[loop];
        }
        boolean lastRow = row + tile.rows() > m.size();
        boolean lastColumn = column + tile.columns() > n.size();
        long target = inScratch ? tails.get(thread).tile().address() : c;
        MatmulCall[] variant = calls[thread][(lastRow ? 1 : 0) + (lastColumn ? 2 : 0)];
        variant[0].execute(a, b, target);
        for (long piece = 1; piece < pieces; piece++) {
            variant[piece == pieces - 1 ? 2 : 1].execute(a + piece * pieceStepA, b + piece * pieceStepB, target);
        }
    }
}
