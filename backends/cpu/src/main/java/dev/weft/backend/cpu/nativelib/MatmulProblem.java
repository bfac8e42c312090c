package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.type.ElementType;

/**
 * {@code c[i] = a[i] · b[i]} (or {@code c[i] += a[i] · b[i]}) for {@code batch} matrices; all strides in elements.
 *
 * @param element of {@code a} and {@code b}: f32, bf16 or f16
 * @param result of {@code c}: f32 or {@code element}
 * @param a (batch, m, k), any strides
 * @param b (batch, k, n), any strides
 * @param c (batch, m, n), columns contiguous
 * @param accumulate whether what {@code c} holds is added
 */
public record MatmulProblem(
        ElementType element,
        ElementType result,
        long batch,
        long m,
        long n,
        long k,
        Strides a,
        Strides b,
        Strides c,
        boolean accumulate) {

    /** Distances between neighbours along the batch, the rows and the columns of one operand. */
    public record Strides(long batch, long row, long column) {}

    public MatmulProblem {
        if (batch < 1 || m < 1 || n < 1 || k < 1) {
            throw new IllegalArgumentException(
                    "matmul: sizes must be at least 1, got " + batch + "x" + m + "x" + n + "x" + k);
        }
    }

    /** A plain product of row-major matrices. */
    public static MatmulProblem rowMajor(ElementType element, long m, long n, long k) {
        return new MatmulProblem(
                element,
                ElementType.F32,
                1,
                m,
                n,
                k,
                new Strides(m * k, k, 1),
                new Strides(k * n, n, 1),
                new Strides(m * n, n, 1),
                false);
    }
}
