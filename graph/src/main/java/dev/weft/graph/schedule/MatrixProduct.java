package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A dot_general as matrix products on stored values, read in place: {@code loops} around {@code c (m, n) = a (m, k) · b (k, n)}. Offsets
 * and strides are in elements of the roots; {@code c} steps by 1 along n.
 *
 * @param a the stored value that the left operand is a view of
 * @param b the stored value that the right operand is a view of
 * @param c the product
 */
public record MatrixProduct(
        Value a, Value b, Value c, long offsetA, long offsetB, List<Axis> loops, Axis m, Axis n, Axis k) {

    /** Some axes that step as one, with their strides in each matrix; 0 where the matrix lacks them. */
    public record Axis(long size, long a, long b, long c) {
        private boolean joins(Axis inner) {
            return a == inner.a * inner.size && b == inner.b * inner.size && c == inner.c * inner.size;
        }
    }

    public MatrixProduct {
        loops = List.copyOf(loops);
    }

    /**
     * The product, if strides can say where its operands lie and each matrix is contiguous along one of its axes.
     *
     * @param isRoot tells stored values
     */
    public static Optional<MatrixProduct> of(Value value, Predicate<Value> isRoot) {
        return of(value, ((DotGeneral) value.op()).x(), isRoot);
    }

    /** The same with another value of the same shape, {@code left}, in place of the left operand. */
    public static Optional<MatrixProduct> of(Value value, Value left, Predicate<Value> isRoot) {
        DotGeneral op = (DotGeneral) value.op();
        Value a = Access.of(left, isRoot).root();
        Value b = Access.of(op.y(), isRoot).root();
        return StridedView.of(left, a)
                .flatMap(x -> StridedView.of(op.y(), b).flatMap(y -> arrange(value, op, a, b, x, y)));
    }

    private static Optional<MatrixProduct> arrange(
            Value value, DotGeneral op, Value a, Value b, StridedView x, StridedView y) {
        long[] strides = value.type().shape().strides();
        int position = 0;
        List<Axis> batch = new ArrayList<>();
        for (int i = 0; i < op.xBatch().size(); i++) {
            int axis = op.xBatch().get(i);
            long other = y.strides().get(op.yBatch().get(i));
            batch.add(new Axis(x.sizes().get(axis), x.strides().get(axis), other, strides[position++]));
        }
        List<Axis> rows = new ArrayList<>();
        for (int axis : op.xFree()) {
            rows.add(new Axis(x.sizes().get(axis), x.strides().get(axis), 0, strides[position++]));
        }
        List<Axis> columns = new ArrayList<>();
        for (int axis : op.yFree()) {
            columns.add(new Axis(y.sizes().get(axis), 0, y.strides().get(axis), strides[position++]));
        }
        List<Axis> depth = new ArrayList<>();
        for (int i = 0; i < op.xContract().size(); i++) {
            int axis = op.xContract().get(i);
            long other = y.strides().get(op.yContract().get(i));
            depth.add(new Axis(x.sizes().get(axis), x.strides().get(axis), other, 0));
        }
        List<Axis> k = joined(depth);
        List<Axis> m = joined(rows);
        List<Axis> n = joined(columns);
        List<Axis> loops = new ArrayList<>(joined(batch));
        Axis row = m.isEmpty() ? new Axis(1, 0, 0, 0) : m.remove(largest(m));
        Axis column = n.isEmpty() ? new Axis(1, 0, 0, 1) : n.removeLast();
        loops.addAll(m);
        loops.addAll(n);
        Axis inner = k.isEmpty() ? new Axis(1, 1, 1, 0) : k.getFirst();
        boolean empty = value.type().shape().elements() == 0 || inner.size() == 0;
        boolean readable =
                isReadable(row.size(), row.a(), inner.a()) && isReadable(column.size(), column.b(), inner.b());
        return empty || k.size() > 1 || column.c() != 1 || !readable
                ? Optional.empty()
                : Optional.of(new MatrixProduct(a, b, value, x.offset(), y.offset(), loops, row, column, inner));
    }

    /** A matrix must be contiguous along one of its axes. */
    private static boolean isReadable(long size, long free, long contracted) {
        return size == 1 || free == 1 || contracted == 1;
    }

    /** Axes of size 1 dropped, neighbours that step as one joined. */
    private static List<Axis> joined(List<Axis> axes) {
        List<Axis> result = new ArrayList<>();
        for (Axis axis : axes) {
            if (axis.size() == 1) {
                continue;
            }
            if (!result.isEmpty() && result.getLast().joins(axis)) {
                Axis outer = result.removeLast();
                result.add(new Axis(outer.size() * axis.size(), axis.a(), axis.b(), axis.c()));
            } else {
                result.add(axis);
            }
        }
        return result;
    }

    private static int largest(List<Axis> axes) {
        int largest = 0;
        for (int i = 1; i < axes.size(); i++) {
            if (axes.get(i).size() >= axes.get(largest).size()) {
                largest = i;
            }
        }
        return largest;
    }

    /** Products of one matrix with one matrix. */
    public long loopCount() {
        return loops.stream().mapToLong(Axis::size).reduce(1, Math::multiplyExact);
    }
}
