package dev.weft.backend.cpu.codegen;

import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.nest.Tiling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The loops of a kernel that has one unit for each tile of a product. */
final class TileLoops {
    private final IrBuilder ir;
    private final Space space;
    private final Tiling tiling;

    /** Something that is done at the beginning of a tile. */
    @FunctionalInterface
    interface Begin {
        void at(String tile, String firstColumn, String endColumn);
    }

    TileLoops(IrBuilder ir, Space space, Tiling tiling) {
        this.ir = ir;
        this.space = space;
        this.tiling = tiling;
    }

    /**
     * Emits them around a body.
     *
     * @param begin what is done once a tile, before its rows; gets the tile, and its first and its end column
     * @param end what is done once a tile, after its rows; gets the tile
     * @param row what is done once a row, before its points
     * @param point what is done at each point; gets its position in a tile of full width
     */
    void emit(Begin begin, Consumer<String> end, Runnable row, Consumer<String> point) {
        Map<Tiling.Axis, List<Term.Loop>> parts = parts();
        ir.loop(
                "%unit0",
                "%unit1", unit -> {
                    String rest = unit;
                    String columnTile = remainder(rest, tiling.columnTiles());
                    rest = quotient(rest, tiling.columnTiles());
                    String rowTile = remainder(rest, tiling.rowTiles());
                    rest = quotient(rest, tiling.rowTiles());
                    for (Tiling.Axis loop : tiling.loops().reversed()) {
                        ir.bind(parts.getOrDefault(loop, List.of()), remainder(rest, loop.size()));
                        rest = quotient(rest, loop.size());
                    }
                    String firstRow = times(rowTile, tiling.tileRows());
                    String firstColumn = times(columnTile, tiling.tileColumns());
                    String endRow =
                            end(firstRow, tiling.tileRows(), tiling.rows().size());
                    String endColumn = end(
                            firstColumn, tiling.tileColumns(), tiling.columns().size());
                    begin.at(unit, firstColumn, endColumn);
                    ir.loop(firstRow, endRow, number -> {
                        ir.bind(parts.getOrDefault(tiling.rows(), List.of()), number);
                        row.run();
                        String start = times(minus(number, firstRow), tiling.tileColumns());
                        ir.loop(firstColumn, endColumn, column -> {
                            ir.remember(space.inner().getFirst(), column);
                            point.accept(ir.emit("add nsw i64 " + start + ", " + minus(column, firstColumn)));
                        });
                    });
                    end.accept(unit);
                });
    }

    /** Which loops of the space each axis became: a loop may have been split in several. */
    private Map<Tiling.Axis, List<Term.Loop>> parts() {
        Map<Tiling.Axis, List<Term.Loop>> parts = new HashMap<>();
        int next = 0;
        for (Tiling.Axis axis : tiling.outer()) {
            List<Term.Loop> loops = new ArrayList<>();
            for (long size = 1; size < axis.size(); size *= loops.getLast().size()) {
                loops.add(space.outer().get(next++));
            }
            parts.put(axis, loops);
        }
        return parts;
    }

    private String end(String first, long step, long most) {
        return ir.call(
                "i64", "llvm.smin.i64", "i64", ir.emit("add nsw i64 " + first + ", " + step), Long.toString(most));
    }

    private String times(String x, long factor) {
        return ir.emit("mul nsw i64 " + x + ", " + factor);
    }

    private String minus(String x, String y) {
        return ir.emit("sub nsw i64 " + x + ", " + y);
    }

    private String quotient(String x, long divisor) {
        return ir.emit("udiv i64 " + x + ", " + divisor);
    }

    private String remainder(String x, long divisor) {
        return ir.emit("urem i64 " + x + ", " + divisor);
    }
}
