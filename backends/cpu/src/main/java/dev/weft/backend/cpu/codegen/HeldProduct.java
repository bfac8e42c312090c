package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.pass.precision.QuantizedRows;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.schedule.Access;
import dev.weft.graph.schedule.MatrixProduct;
import dev.weft.graph.schedule.Widened;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A product {@code c (m, n) = a (m, k) · w (n, k)ᵀ} whose weights are held in fewer bits: {@code w = cast(q) · scale}. One row of {@code a}
 * is multiplied as {@code q} is read, and each group's sum is scaled once; for more rows, panels of {@code w} are restored in the thread's
 * scratch memory first, or rows of {@code a} are rounded to 8 bits and multiplied with {@code q} as integers. Offsets and strides are in
 * elements.
 *
 * @param weights what is multiplied: {@code q}, scales, and the type that products read
 * @param a the stored value that the left operand is a view of, its rows contiguous: f32 or bf16
 * @param c the product: f32 or bf16
 * @param m rows, with their strides in {@code a} and {@code c}
 * @param n columns of the product
 * @param k what is summed over
 * @param units what the processor computes with
 * @param rounds whether rows of {@code a} are rounded to 8 bits
 */
public record HeldProduct(
        Widened weights, Value a, Value c, long offsetA, FewRows.Axis m, long n, long k, Units units, boolean rounds) {

    /**
     * What a processor computes with.
     *
     * @param dots whether it multiplies bf16
     * @param wide whether it has 32 vectors of 512 bits, and not 16 of 256
     */
    public record Units(boolean dots, boolean wide) {}

    /** Elements that share a scale, if there are scales and more elements. */
    static final long GROUP = Quantization.SIZE;

    /**
     * The product, if there is a kernel for it.
     *
     * @param isRoot tells stored values
     */
    public static Optional<HeldProduct> of(Value dot, Predicate<Value> isRoot, Units units) {
        DotGeneral op = (DotGeneral) dot.op();
        boolean isStored = isRoot.test(Access.of(op.x(), isRoot).root());
        Optional<QuantizedRows> rounded = isStored ? Optional.empty() : QuantizedRows.of(op.x());
        Value left = rounded.map(QuantizedRows::x).orElse(op.x());
        return Widened.of(op.y())
                .flatMap(weights -> MatrixProduct.of(dot, left, value -> value == op.y() || isRoot.test(value))
                        .filter(product -> product.b() == op.y() && isKnown(product, op, left))
                        .map(product -> new HeldProduct(
                                weights,
                                product.a(),
                                dot,
                                product.offsetA(),
                                new FewRows.Axis(
                                        product.m().size(),
                                        product.m().a(),
                                        0,
                                        product.m().c()),
                                product.n().size(),
                                product.k().size(),
                                units,
                                rounded.isPresent())));
    }

    private static boolean isKnown(MatrixProduct product, DotGeneral op, Value left) {
        ElementType from = left.type().element();
        boolean types = (from == ElementType.F32 || from == ElementType.BF16)
                && op.x().type().element() == op.y().type().element()
                && (op.element() == ElementType.F32 || op.element() == ElementType.BF16)
                && product.a().type().element() == from;
        boolean contiguous = product.k().a() == 1 || product.k().size() == 1;
        return types && contiguous && product.loops().isEmpty() && product.offsetB() == 0;
    }

    /** Whether one row is multiplied while the weights are read. */
    boolean isOneRow() {
        return m.size() == 1 && a.type().element() == ElementType.F32;
    }

    /** How the work on one row is cut: as that on a matrix of bytes. */
    FewRows asFewRows() {
        FewRows.Axis columns = new FewRows.Axis(n, 0, k, 1);
        FewRows.Axis depth = new FewRows.Axis(k, 1, 1, 0);
        return new FewRows(a, weights.matrix(), c, offsetA, 0, List.of(), m, columns, depth, false, true);
    }

    /** Groups of a row. */
    long groups() {
        return Math.ceilDiv(k, weights.group());
    }

    /** Groups of a row if there are no scales too. */
    long depthGroups() {
        return Math.ceilDiv(k, GROUP);
    }

    /** Whether several rows are multiplied by pairs of bf16. */
    boolean isInPairs() {
        return units.dots() && a.type().element() == ElementType.BF16;
    }
}
