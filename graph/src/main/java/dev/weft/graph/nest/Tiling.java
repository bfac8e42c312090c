package dev.weft.graph.nest;

import dev.weft.graph.Value;
import java.util.Comparator;
import java.util.List;

/**
 * The points of a matrix product, cut into tiles. Tiles are numbered with columns fastest, then rows, then the loops from the last to the
 * first; the kernel of a tiling has one unit for each tile.
 *
 * @param product the value whose element at each point is there when a tile's unit runs
 * @param inScratch whether the tile's elements lie in the thread's scratch memory, row-major with {@code tileColumns} a row, and not
 *     where the value lies
 * @param loops around the matrices
 * @param rows of a matrix
 * @param columns of a matrix; they step by 1
 */
public record Tiling(
        Value product, boolean inScratch, List<Axis> loops, Axis rows, Axis columns, long tileRows, long tileColumns) {

    /** Points along one axis, and how far apart they are in the product, in elements. */
    public record Axis(long size, long step) {}

    public Tiling {
        loops = List.copyOf(loops);
    }

    public long rowTiles() {
        return Math.ceilDiv(rows.size(), tileRows);
    }

    public long columnTiles() {
        return Math.ceilDiv(columns.size(), tileColumns);
    }

    /** How many tiles there are. */
    public long units() {
        long units = rowTiles() * columnTiles();
        for (Axis loop : loops) {
            units *= loop.size();
        }
        return units;
    }

    /** Loops and rows as they lie in memory, outermost first. */
    public List<Axis> outer() {
        return java.util.stream.Stream.concat(loops.stream(), java.util.stream.Stream.of(rows))
                .filter(axis -> axis.size() > 1)
                .sorted(Comparator.comparingLong(Axis::step).reversed())
                .toList();
    }

    /** Whether the axes, outermost first, count through the elements of the product one by one. */
    public boolean isContiguous() {
        long step = columns.size();
        for (Axis axis : outer().reversed()) {
            if (axis.step() != step) {
                return false;
            }
            step *= axis.size();
        }
        return columns.size() > 1;
    }
}
