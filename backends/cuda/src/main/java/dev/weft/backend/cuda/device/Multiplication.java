package dev.weft.backend.cuda.device;

import dev.weft.graph.type.ElementType;

/**
 * A product {@code D = op(A) · op(B) + beta · C} for each matrix of a batch, as cuBLASLt is asked for it. Matrices are column-major; C has
 * the layout of D and may be D itself.
 *
 * @param compute how terms are multiplied and summed
 * @param transposeA whether op(A) is Aᵀ
 * @param transposeB whether op(B) is Bᵀ
 * @param beta 0 or 1
 * @param alignment bytes of which every address that it will be made with is a multiple: a power of two up to 256
 */
public record Multiplication(
        Compute compute,
        Matrix a,
        boolean transposeA,
        Matrix b,
        boolean transposeB,
        Matrix d,
        int beta,
        Epilogue epilogue,
        int alignment) {

    private static final int USUAL_ALIGNMENT = 16;
    private static final int MOST_ALIGNMENT = 256;

    /** Kinds of arithmetic; sums are at least f32. */
    public enum Compute {
        /** f32 terms, as they are. */
        F32,
        /** f32 terms rounded to 10 bits of fraction. */
        TF32,
        /** bf16 or f16 terms; sums in f32. */
        SMALL,
        F64
    }

    /** What happens to each element of D before it is stored. */
    public enum Epilogue {
        NONE,
        /** Adds a vector of the rows of D. */
        BIAS
    }

    /**
     * Matrices that lie in memory at equal distances.
     *
     * @param leading elements from one column to the next
     * @param count how many matrices
     * @param step elements from one matrix to the next
     */
    public record Matrix(ElementType element, long rows, long columns, long leading, int count, long step) {}

    public Multiplication {
        if (beta != 0 && beta != 1) {
            throw new IllegalArgumentException("product: beta must be 0 or 1, got " + beta);
        }
        if (alignment < 1 || alignment > MOST_ALIGNMENT || Integer.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    "product: alignment must be a power of two up to " + MOST_ALIGNMENT + ", got " + alignment);
        }
    }

    /** A product whose addresses are multiples of 16, as those of whole tensors are. */
    public Multiplication(
            Compute compute,
            Matrix a,
            boolean transposeA,
            Matrix b,
            boolean transposeB,
            Matrix d,
            int beta,
            Epilogue epilogue) {
        this(compute, a, transposeA, b, transposeB, d, beta, epilogue, USUAL_ALIGNMENT);
    }

    /** Terms of each sum. */
    public long depth() {
        return transposeA ? a.rows() : a.columns();
    }
}
