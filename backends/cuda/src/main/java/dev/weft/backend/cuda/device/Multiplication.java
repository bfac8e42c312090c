package dev.weft.backend.cuda.device;

import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.device.Epilogue.Vector;
import dev.weft.graph.type.ElementType;

/**
 * A product {@code D = op(A) · op(B) + beta · C} for each matrix of a batch, as cuBLASLt is asked for it. Matrices are column-major; C has
 * the layout of D and may be D itself.
 *
 * @param compute how terms are multiplied and summed
 * @param transposeA whether op(A) is Aᵀ
 * @param transposeB whether op(B) is Bᵀ
 * @param beta 0 or 1
 * @param auxiliaryLeading elements from one column of the epilogue's auxiliary matrix to the next, a multiple of 8; 0 where it has none
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
        long auxiliaryLeading,
        int alignment) {

    private static final int AUXILIARY_MULTIPLE = 8;
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

    /**
     * Matrices that lie in memory at equal distances.
     *
     * @param leading elements from one column to the next
     * @param count how many matrices
     * @param step elements from one matrix to the next
     */
    public record Matrix(ElementType element, long rows, long columns, long leading, int count, long step) {

        private String text() {
            return String.join(
                    " ",
                    element.toString(),
                    Long.toString(rows),
                    Long.toString(columns),
                    Long.toString(leading),
                    Integer.toString(count),
                    Long.toString(step));
        }

        /** Bytes from the first element of the first to the last of the last. */
        public long bytes() {
            long last = (count - 1) * step + (columns - 1) * leading + rows;
            return rows == 0 || columns == 0 ? 0 : last * element.bytes();
        }
    }

    /**
     * Where a product reads and writes.
     *
     * @param c the addend; read if beta is 1, and may be {@code d}
     * @param vector of the epilogue; 0 where it has none
     * @param auxiliary of the epilogue; 0 where it has none
     */
    public record Addresses(long a, long b, long c, long d, long vector, long auxiliary) {

        /** Of a product without an epilogue. */
        public Addresses(long a, long b, long c, long d) {
            this(a, b, c, d, 0, 0);
        }
    }

    public Multiplication {
        if (beta != 0 && beta != 1) {
            throw new IllegalArgumentException("product: beta must be 0 or 1, got " + beta);
        }
        if (alignment < 1 || alignment > MOST_ALIGNMENT || Integer.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    "product: alignment must be a power of two up to " + MOST_ALIGNMENT + ", got " + alignment);
        }
        if (epilogue.auxiliary() == Auxiliary.NONE
                ? auxiliaryLeading != 0
                : auxiliaryLeading < d.rows() || auxiliaryLeading % AUXILIARY_MULTIPLE != 0) {
            throw new IllegalArgumentException("product: the leading dimension of the auxiliary matrix of " + epilogue
                    + " must be " + (epilogue.auxiliary() == Auxiliary.NONE ? "0" : "a multiple of 8 from " + d.rows())
                    + ", got " + auxiliaryLeading);
        }
        if (d.count() > 1
                && (epilogue.auxiliary() != Auxiliary.NONE || epilogue.vector().isWritten())) {
            throw new IllegalArgumentException(
                    "product: one with " + epilogue + " must have one matrix, got " + d.count());
        }
        if (epilogue.vector() == Vector.ROWS_OF_A && transposeA
                || epilogue.vector() == Vector.COLUMNS_OF_B && !transposeB) {
            throw new IllegalArgumentException("product: " + epilogue
                    + " sums over the columns of a matrix as it is stored, so that A must not and B must be transposed, got "
                    + (transposeA ? "Aᵀ" : "A") + (transposeB ? " and Bᵀ" : " and B"));
        }
    }

    /** A product whose addresses are multiples of 16, as those of whole tensors are, without an auxiliary matrix. */
    public Multiplication(
            Compute compute,
            Matrix a,
            boolean transposeA,
            Matrix b,
            boolean transposeB,
            Matrix d,
            int beta,
            Epilogue epilogue) {
        this(compute, a, transposeA, b, transposeB, d, beta, epilogue, 0, USUAL_ALIGNMENT);
    }

    /** All of it, in words that differ where products do; as {@link DeviceFacts#text}. */
    public String text() {
        return String.join(
                " ",
                compute.name(),
                a.text(),
                Boolean.toString(transposeA),
                b.text(),
                Boolean.toString(transposeB),
                d.text(),
                Integer.toString(beta),
                epilogue.name(),
                Long.toString(auxiliaryLeading),
                Integer.toString(alignment));
    }

    /** Sizes, types and epilogue in a few words: {@code product 768 × 256 × 3072 bf16 to f32, BIAS}. */
    public String title() {
        return "product %s%d × %d × %d %s%s%s"
                .formatted(
                        d.count() > 1 ? d.count() + " × " : "",
                        d.rows(),
                        d.columns(),
                        depth(),
                        a.element(),
                        d.element() == a.element() ? "" : " to " + d.element(),
                        epilogue == Epilogue.NONE ? "" : ", " + epilogue);
    }

    /** Terms of each sum. */
    public long depth() {
        return transposeA ? a.rows() : a.columns();
    }

    /** Elements of the epilogue's vector; 0 where it has none. */
    public long vectorLength() {
        return switch (epilogue.vector()) {
            case NONE -> 0;
            case ADDED, ROWS_OF_A -> d.rows();
            case COLUMNS_OF_B -> d.columns();
        };
    }

    /** The epilogue's auxiliary matrix; of no columns where it has none. */
    public Matrix auxiliary() {
        long columns = epilogue.auxiliary() == Auxiliary.NONE ? 0 : d.columns();
        return new Matrix(d.element(), d.rows(), columns, auxiliaryLeading, 1, 0);
    }
}
