package dev.weft.graph.pass.weights;

import dev.weft.graph.DefectException;
import dev.weft.graph.Stored;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * What is stored in place of an f32 param: {@code PATH@i8} of shape {@code (n, k)} with {@code PATH@scale}, {@code (n, groups of k)}, or
 * {@code PATH@bf16} alone. Products sum over {@code k}; where that is the param's first axis, the matrix lies transposed and is called
 * {@code PATH@i8.T}.
 *
 * @param param the path
 * @param type of the elements
 * @param shape {@code (n, k)}
 * @param isTransposed whether the param is {@code (k, n)}
 */
public record HeldMatrix(String param, WeightType type, Shape shape, boolean isTransposed) {

    /** Stands in no path. */
    private static final String MARK = "@";

    private static final String TRANSPOSED = ".T";
    private static final String SCALES = MARK + "scale";

    /** The matrix that holds a param whose products sum over {@code axis}. */
    static HeldMatrix of(Stored param, WeightType type, int axis) {
        List<Dim> dims = param.type().shape().dims();
        return new HeldMatrix(param.name(), type, new Shape(List.of(dims.get(1 - axis), dims.get(axis))), axis == 0);
    }

    /** What {@code stored} holds, if it is such a matrix and not its scales. */
    public static Optional<HeldMatrix> of(Stored stored) {
        int mark = stored.name().lastIndexOf(MARK);
        if (stored.role() != Stored.Role.WEIGHT || stored.name().endsWith(SCALES)) {
            return Optional.empty();
        }
        if (mark < 0) {
            throw new DefectException("stored tensor %s: must say what it is held in".formatted(stored.name()));
        }
        WeightType type = stored.type().element() == WeightType.INT8.element() ? WeightType.INT8 : WeightType.BF16;
        boolean isTransposed = stored.name().endsWith(TRANSPOSED);
        return Optional.of(new HeldMatrix(
                stored.name().substring(0, mark), type, stored.type().shape(), isTransposed));
    }

    /** The tensor with the numbers. */
    public Stored matrix() {
        String name = param + MARK + type.element() + (isTransposed ? TRANSPOSED : "");
        return new Stored(name, new TensorType(type.element(), shape), Stored.Role.WEIGHT);
    }

    /** The tensor with the scales, if there are some. */
    public Optional<Stored> scales() {
        return type.hasScales()
                ? Optional.of(new Stored(
                        param + SCALES,
                        new TensorType(
                                ElementType.F32,
                                new Shape(List.of(shape.dim(0), Dim.of(Quantization.count(shape.size(1)))))),
                        Stored.Role.WEIGHT))
                : Optional.empty();
    }

    /** The type of the param. */
    public TensorType paramType() {
        return new TensorType(ElementType.F32, isTransposed ? new Shape(List.of(shape.dim(1), shape.dim(0))) : shape);
    }

    /** All bytes that are stored. */
    public long bytes() {
        return matrix().type().bytes()
                + scales().map(tensor -> tensor.type().bytes()).orElse(0L);
    }
}
