package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.FewRows;
import dev.weft.backend.cpu.codegen.SmallProduct;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.schedule.StreamLayout;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A product of a stream as one matrix product for each panel: {@code c (m, n) = a (m, k) · b (k, n)}, where m, n and k are the rows of
 * the panel, its columns and the product's own axis, in some order.
 *
 * @param accumulates whether each panel adds to what those before have left
 */
public record PanelProduct(
        Value value, Side a, Side b, Side c, Extent m, Extent n, Extent k, long own, boolean accumulates) {

    /** Multiplications of a small product: some microseconds. */
    private static final long MOST_SMALL = 1 << 19;

    /** What an axis of a matrix goes along. */
    public enum Extent {
        ROWS,
        COLUMNS,
        OWN
    }

    /**
     * One matrix: a panel in scratch memory, or in place.
     *
     * @param root the value in the panel, or the stored one
     * @param outer steps along the loops and the rows, in elements; nothing for a panel
     */
    public record Side(Value root, boolean inPanel, long offset, List<Long> outer, long row, long column, long own) {

        public Side {
            outer = List.copyOf(outer);
        }

        static Side panel(Value value, long stride) {
            return new Side(value, true, 0, List.of(), stride, 1, 0);
        }

        static Side of(StreamLayout.Matrix matrix) {
            return new Side(
                    matrix.root(), false, matrix.offset(), matrix.outer(), matrix.row(), matrix.column(), matrix.own());
        }

        /** Elements from one to the next along an axis. */
        public long step(Extent extent) {
            return switch (extent) {
                case ROWS -> row;
                case COLUMNS -> column;
                case OWN -> own;
            };
        }

        /** Bytes of an element. */
        public long bytes() {
            return root.type().element().bytes();
        }
    }

    /**
     * This as a product that reads its right operand once; empty where there is no kernel for that.
     *
     * @param rows of a panel, which are all there are
     * @param columns of the panel
     */
    Optional<FewRows> fewRows(long rows, long columns) {
        if (m != Extent.ROWS
                || a.root() == b.root()
                || c.root().type().element() != ElementType.F32
                || c.step(n) != 1) {
            return Optional.empty();
        }
        FewRows few = new FewRows(
                a.root(),
                b.root(),
                c.root(),
                0,
                0,
                List.of(),
                new FewRows.Axis(rows, a.step(m), 0, c.step(m)),
                new FewRows.Axis(size(n, rows, columns), 0, b.step(n), 1),
                new FewRows.Axis(size(k, rows, columns), a.step(k), b.step(k), 0),
                HiddenTerms.areZero(a.root()),
                false);
        return few.isSupported() ? Optional.of(few) : Optional.empty();
    }

    /** Whether the right operand is contiguous along the contracted axis only. */
    public boolean isTurned() {
        return b.step(n) != 1;
    }

    /** Whether {@link SmallProduct} makes it for a panel of this size, and one call of it is worth no call of a library. */
    boolean isSmall(long rows, long columns) {
        boolean f32 = Stream.of(a, b, c).allMatch(side -> side.root().type().element() == ElementType.F32);
        long depth = size(k, rows, columns);
        boolean right = isTurned()
                ? b.step(k) == 1 && depth % SmallProduct.LANES == 0 && depth <= SmallProduct.MOST_TURNED
                : b.step(n) == 1;
        return f32
                && right
                && c.step(n) == 1
                && size(n, rows, columns) % SmallProduct.LANES == 0
                && size(m, rows, columns) * size(n, rows, columns) * depth <= MOST_SMALL;
    }

    static PanelProduct of(StreamLayout.Front front, long stride) {
        Side rows = Side.of(front.rows());
        Side columns = Side.of(front.columns());
        Side panel = Side.panel(front.value(), stride);
        return new PanelProduct(
                front.value(), rows, columns, panel, Extent.ROWS, Extent.COLUMNS, Extent.OWN, front.depth(), false);
    }

    /** Empty where no row of the result is contiguous. */
    static Optional<PanelProduct> of(StreamLayout.Back back, long stride) {
        Side panel = Side.panel(back.panel(), stride);
        Side operand = Side.of(back.operand());
        Side target = Side.of(back.target());
        Extent kept = back.overRows() ? Extent.COLUMNS : Extent.ROWS;
        Extent gone = back.overRows() ? Extent.ROWS : Extent.COLUMNS;
        if (back.width() == 1 || target.own() == 1) {
            return Optional.of(new PanelProduct(
                    back.value(), panel, operand, target, kept, Extent.OWN, gone, back.width(), back.overRows()));
        }
        return target.step(kept) == 1
                ? Optional.of(new PanelProduct(
                        back.value(), operand, panel, target, Extent.OWN, kept, gone, back.width(), back.overRows()))
                : Optional.empty();
    }

    /** Whether each operand is contiguous along one of its axes. */
    boolean isReadable() {
        boolean first = a.step(m) == 1 || a.step(k) == 1;
        boolean second = b.step(k) == 1 || b.step(n) == 1;
        return own == 1 || first && second;
    }

    /** What oneDNN is asked to do for a panel of this size. */
    public MatmulProblem problem(long rows, long columns, boolean accumulate) {
        DotGeneral op = (DotGeneral) value.op();
        long sizeM = size(m, rows, columns);
        long sizeN = size(n, rows, columns);
        long sizeK = size(k, rows, columns);
        return new MatmulProblem(
                op.x().type().element(),
                op.element(),
                1,
                sizeM,
                sizeN,
                sizeK,
                strides(sizeM, a.step(m), sizeK, a.step(k)),
                strides(sizeK, b.step(k), sizeN, b.step(n)),
                new MatmulProblem.Strides(0, sizeM > 1 ? c.step(m) : sizeN, 1),
                accumulate);
    }

    /** How long an axis is for a panel. */
    public long size(Extent extent, long rows, long columns) {
        return switch (extent) {
            case ROWS -> rows;
            case COLUMNS -> columns;
            case OWN -> own;
        };
    }

    /** Along an axis of size 1 nothing is ever stepped; a plausible layout is asked for. */
    private static MatmulProblem.Strides strides(long rows, long row, long columns, long column) {
        long stepColumn = columns > 1 ? column : row == 1 && rows > 1 ? rows : 1;
        long stepRow = rows > 1 ? row : stepColumn == 1 ? columns : 1;
        return new MatmulProblem.Strides(0, stepRow, stepColumn);
    }
}
