package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * The product of two tensors over any axes: {@code z[b…, m…, n…] = Σₖ x[b…, m…, k…] · y[b…, k…, n…]}, the axes standing anywhere in
 * the operands. Result axes are the batch axes in the order given, then the free axes of x, then those of y. The sum is taken in at
 * least f32 and rounded to {@code element} once.
 */
public record DotGeneral(
        Value x,
        Value y,
        List<Integer> xBatch,
        List<Integer> yBatch,
        List<Integer> xContract,
        List<Integer> yContract,
        ElementType element)
        implements Primitive {

    public DotGeneral {
        xBatch = List.copyOf(xBatch);
        yBatch = List.copyOf(yBatch);
        xContract = List.copyOf(xContract);
        yContract = List.copyOf(yContract);
        Checks.isNumber("dot_general", "x", x);
        Checks.require(
                x.type().element() == y.type().element(),
                "dot_general",
                "operands must have one element type, got %s and %s",
                x.type(),
                y.type());
        Checks.require(element.isNumber(), "dot_general", "the result must be of numbers, got %s", element);
        pair("batch", x, xBatch, y, yBatch);
        pair("contracted", x, xContract, y, yContract);
        distinct("x", xBatch, xContract);
        distinct("y", yBatch, yContract);
    }

    private static void pair(String what, Value x, List<Integer> xAxes, Value y, List<Integer> yAxes) {
        Checks.require(
                xAxes.size() == yAxes.size(), "dot_general", "%s axes must pair up, got %s and %s", what, xAxes, yAxes);
        for (int i = 0; i < xAxes.size(); i++) {
            Checks.axis("dot_general", xAxes.get(i), x.type().rank());
            Checks.axis("dot_general", yAxes.get(i), y.type().rank());
            Checks.require(
                    x.type().size(xAxes.get(i)) == y.type().size(yAxes.get(i)),
                    "dot_general",
                    "%s sizes must be equal, got %s of %s and %s of %s",
                    what,
                    x.type().shape().dim(xAxes.get(i)),
                    x.type(),
                    y.type().shape().dim(yAxes.get(i)),
                    y.type());
        }
    }

    private static void distinct(String operand, List<Integer> batch, List<Integer> contract) {
        List<Integer> all = new ArrayList<>(batch);
        all.addAll(contract);
        Checks.require(
                all.stream().distinct().count() == all.size(),
                "dot_general",
                "an axis of %s must be used once, got batch=%s contract=%s",
                operand,
                batch,
                contract);
    }

    /** Axes of x that are neither batch nor contracted, in order. */
    public List<Integer> xFree() {
        return free(x.type().rank(), xBatch, xContract);
    }

    /** Axes of y that are neither batch nor contracted, in order. */
    public List<Integer> yFree() {
        return free(y.type().rank(), yBatch, yContract);
    }

    private static List<Integer> free(int rank, List<Integer> batch, List<Integer> contract) {
        List<Integer> free = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
            if (!batch.contains(axis) && !contract.contains(axis)) {
                free.add(axis);
            }
        }
        return free;
    }

    @Override
    public TensorType type() {
        List<Dim> dims = new ArrayList<>();
        xBatch.forEach(axis -> dims.add(x.type().shape().dim(axis)));
        xFree().forEach(axis -> dims.add(x.type().shape().dim(axis)));
        yFree().forEach(axis -> dims.add(y.type().shape().dim(axis)));
        return new TensorType(element, new Shape(dims));
    }

    /** Multiply-adds times two. */
    public long flops() {
        long contracted = 1;
        for (int axis : xContract) {
            contracted *= x.type().size(axis);
        }
        return 2 * contracted * type().shape().elements();
    }

    /** Both operands are laid out as (batch, free, contracted); then three plain loops. */
    @Override
    public Tensor evaluate(List<Tensor> operands) {
        double[] a = arrange(operands.get(0), xBatch, xFree(), xContract);
        double[] b = arrange(operands.get(1), yBatch, yFree(), yContract);
        int batch = (int) product(x.type(), xBatch);
        int rows = (int) product(x.type(), xFree());
        int columns = (int) product(y.type(), yFree());
        int depth = (int) product(x.type(), xContract);
        Tensor z = Tensor.zeros(type());
        for (int i = 0; i < batch; i++) {
            for (int m = 0; m < rows; m++) {
                for (int n = 0; n < columns; n++) {
                    int from = (i * rows + m) * depth;
                    int with = (i * columns + n) * depth;
                    double sum = 0;
                    for (int k = 0; k < depth; k++) {
                        sum += a[from + k] * b[with + k];
                    }
                    z.set((i * rows + m) * columns + n, sum);
                }
            }
        }
        return z;
    }

    private static long product(TensorType type, List<Integer> axes) {
        return axes.stream().mapToLong(type::size).reduce(1, Math::multiplyExact);
    }

    private static double[] arrange(Tensor x, List<Integer> batch, List<Integer> free, List<Integer> contract) {
        List<Integer> order = new ArrayList<>(batch);
        order.addAll(free);
        order.addAll(contract);
        long[] sizes = order.stream().mapToLong(x.type()::size).toArray();
        long[] strides = x.type().shape().strides();
        double[] arranged = new double[x.size()];
        long[] index = new long[sizes.length];
        for (int i = 0; i < arranged.length; i++) {
            long offset = 0;
            for (int axis = 0; axis < index.length; axis++) {
                offset += index[axis] * strides[order.get(axis)];
            }
            arranged[i] = x.get((int) offset);
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == sizes[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return arranged;
    }
}
