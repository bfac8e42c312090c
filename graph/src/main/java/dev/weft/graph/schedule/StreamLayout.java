package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How the matrices of a stream region lie along its iteration space: (loops…, rows | columns). What a generator can rely on:
 *
 * <ul>
 *   <li>Each {@link Front} computes a value of the full size from inputs, and each {@link Back} contracts a value of the full size that
 *       is computed inside: over the columns, or over the rows, then accumulating from panel to panel.
 *   <li>All else is as in a map region whose reductions are all of class {@code ROW}, with fronts in the place of inputs, and, behind
 *       the backs, movement by which their results are written.
 *   <li>No value of the full size is an output, and no result of a back is read inside but by that movement.
 * </ul>
 *
 * @param outer sizes of the loops, the last of which are the rows
 * @param columns size of a row
 */
public record StreamLayout(List<Long> outer, long columns, List<Front> fronts, List<Back> backs) {

    /**
     * Where the elements of a matrix lie in {@code root}: {@code offset} plus, for each axis, index times step, in elements. A step of 0
     * repeats or, of a result, accumulates.
     *
     * @param outer steps along the loops and the rows
     * @param column step along the columns
     * @param own step along the axis that the iteration space does not have
     */
    public record Matrix(Value root, long offset, List<Long> outer, long column, long own) {

        public Matrix {
            outer = List.copyOf(outer);
        }

        /** Step from row to row. */
        public long row() {
            return outer.getLast();
        }
    }

    /** {@code value[…, m, n] = Σ own: rows[…, m, own] · columns[…, n, own]}, over {@code depth} terms. */
    public record Front(Value value, Matrix rows, Matrix columns, long depth) {}

    /**
     * {@code target[…, m, own] = Σ n: panel[…, m, n] · operand[…, n, own]}, or with m and n exchanged where it runs {@code overRows}.
     *
     * @param value the product
     * @param panel the value of the full size
     * @param target where the product lies in an output of the region
     * @param width size of the operand's own axis
     */
    public record Back(Value value, Value panel, Matrix operand, Matrix target, long width, boolean overRows) {}

    public StreamLayout {
        outer = List.copyOf(outer);
        fronts = List.copyOf(fronts);
        backs = List.copyOf(backs);
    }

    /** The layout of a stream region. */
    public static StreamLayout of(Region region) {
        StreamAxes axes = new StreamAxes(region.space());
        Set<Value> own = new HashSet<>(region.values());
        List<Front> fronts = new ArrayList<>();
        List<Back> backs = new ArrayList<>();
        for (Value value : region.values()) {
            if (value.op() instanceof DotGeneral) {
                Optional<Front> front = axes.front(value, root -> !own.contains(root));
                if (front.isPresent()) {
                    fronts.add(front.get());
                } else {
                    backs.add(axes.back(value, root -> !own.contains(root), stored(value, region))
                            .orElseThrow());
                }
            }
        }
        return new StreamLayout(region.space().outer(), region.space().rowElements(), fronts, backs);
    }

    /** The output by which a product is written. */
    private static Value stored(Value product, Region region) {
        return region.outputs().stream()
                .filter(output -> StridedView.within(product, output).isPresent())
                .findFirst()
                .orElseThrow();
    }

    /** Rows of a matrix. */
    public long rows() {
        return outer.getLast();
    }

    /** Whether nothing is accumulated along a loop, or along the rows, so that its steps can run at one time. */
    public boolean isFree(int axis) {
        return outer.get(axis) == 1
                || backs.stream().noneMatch(back -> back.target().outer().get(axis) == 0);
    }

    /** Passes over all rows that can run at one time. */
    public long units() {
        return IntStream.range(0, outer.size() - 1)
                .filter(this::isFree)
                .mapToLong(outer::get)
                .reduce(1, Math::multiplyExact);
    }
}
