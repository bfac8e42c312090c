package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.type.ElementType;
import java.util.List;

/**
 * Products {@code c (m, n) = a (m, k) · b (k, n)} with few rows, where all time goes into reading {@code b} once. Offsets and strides are in
 * elements of the roots. How the work is cut follows from the sizes alone, and the order in which an element is summed up from those of
 * {@code b} alone: neither the number of threads nor that of rows changes a bit.
 *
 * @param a the stored value that the left operand is a view of: f32 or bf16
 * @param b the stored value that the right operand is a view of, of the same type
 * @param c the product: f32 or bf16
 * @param loops around the matrices
 * @param m rows of {@code a}, at most {@value #MOST_ROWS}
 * @param n columns of {@code b}
 * @param k what is summed over
 * @param hides whether rows of {@code b} that {@code a} multiplies by zero need not be read
 * @param isShared whether threads share the work of one product, and not whole products
 */
public record FewRows(
        Value a,
        Value b,
        Value c,
        long offsetA,
        long offsetB,
        List<Axis> loops,
        Axis m,
        Axis n,
        Axis k,
        boolean hides,
        boolean isShared) {

    /** Rows up to which reading {@code b} takes longer than the arithmetic. */
    public static final long MOST_ROWS = Precision.FEW_ROWS;

    private static final long LEAST_POINTS = 4096;
    private static final long UNIT_BYTES = 256 * 1024;
    private static final long MOST_PARTS = 8;
    private static final long WANTED_UNITS = 8;
    private static final long MOST_UNITS = 64;
    private static final long LEAST_COLUMNS = 64;
    private static final long MOST_SUMS = 4096;

    /** Points along an axis, with their strides in each matrix; 0 where the matrix lacks it. */
    public record Axis(long size, long a, long b, long c) {}

    public FewRows {
        loops = List.copyOf(loops);
    }

    /** Whether there is a kernel for this, and reading {@code b} is what it is about. */
    public boolean isWorthwhile() {
        return isSupported() && loopCount() * n.size() * k.size() >= LEAST_POINTS;
    }

    /** Whether there is a kernel for this. */
    public boolean isSupported() {
        return m.size() <= MOST_ROWS
                && isKnown(a)
                && isKnown(c)
                && a.type().element() == b.type().element()
                && (isByColumn() || isByRow());
    }

    private static boolean isKnown(Value value) {
        ElementType element = value.type().element();
        return element == ElementType.F32 || element == ElementType.BF16;
    }

    /** Whether each column of {@code b} is contiguous, and each row of {@code a}: elements are dot products. */
    boolean isByColumn() {
        return (k.b() == 1 || k.size() == 1) && (k.a() == 1 || k.size() == 1);
    }

    private boolean isByRow() {
        return n.b() == 1;
    }

    long loopCount() {
        return loops.stream().mapToLong(Axis::size).reduce(1, Math::multiplyExact);
    }

    private long matrixBytes() {
        return n.size() * k.size() * b.type().element().bytes();
    }

    /** In how many parts the sum is cut if {@code b} lies by rows, so that threads read a contiguous part of it each. */
    long parts() {
        if (isByColumn() || !isShared || loopCount() >= WANTED_UNITS) {
            return 1;
        }
        long wanted = Math.clamp(matrixBytes() / UNIT_BYTES, 1, Math.max(1, Math.min(MOST_PARTS, k.size() / 64)));
        return Math.ceilDiv(k.size(), partDepth(Long.highestOneBit(wanted)));
    }

    /** Terms of a part of the sum. */
    long partDepth() {
        return partDepth(parts());
    }

    private long partDepth(long parts) {
        return Math.ceilDiv(Math.ceilDiv(k.size(), parts), RowKernel.ROWS_AT_ONCE) * RowKernel.ROWS_AT_ONCE;
    }

    /** Columns of a unit of work. */
    long blockColumns() {
        long blocks;
        if (isByColumn()) {
            long units = isShared ? Math.clamp(loopCount() * matrixBytes() / UNIT_BYTES, WANTED_UNITS, MOST_UNITS) : 1;
            blocks = Math.ceilDiv(units, loopCount());
        } else {
            long fitting = Math.ceilDiv(n.size(), MOST_SUMS / m.size());
            long wanted = parts() > 1 || !isShared ? 1 : Math.ceilDiv(WANTED_UNITS, loopCount());
            blocks = Math.max(fitting, Math.min(wanted, n.size() / LEAST_COLUMNS));
        }
        long columns = Math.ceilDiv(n.size(), Math.max(1, blocks));
        return isByColumn() ? columns : Math.ceilDiv(columns, RowKernel.LANES) * RowKernel.LANES;
    }

    long blocks() {
        return Math.ceilDiv(n.size(), blockColumns());
    }

    /** Units of work. */
    long units() {
        return loopCount() * blocks() * parts();
    }

    /** Whether the sums come in parts or unrounded, and are to be added up and rounded by whoever reads them. */
    boolean isInParts() {
        return !isByColumn() && (parts() > 1 || c.type().element() != ElementType.F32);
    }

    /** Where the parts of the sums lie: one array like {@code c} in f32 for each part. */
    Slot.Partial partial() {
        return new Slot.Partial(c, parts() * c.type().shape().elements() * Float.BYTES);
    }
}
