package dev.weft.backend.cuda.device;

/**
 * What happens to a product {@code x = op(A) · op(B) + beta · C}, summed in the type of its sums, before it is stored as D. The vector is of
 * D's element type, and so is the auxiliary matrix, which has D's sizes.
 *
 * <p>GELU is its tanh form, {@code x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))}. cuBLASLt's ReLU is not here: it makes 0 of NaN, where
 * a maximum stays NaN.
 */
public enum Epilogue {
    /** {@code D = x}. */
    NONE(Vector.NONE, Auxiliary.NONE),
    /** {@code D = x + vector}, one number for each row of D. */
    BIAS(Vector.ADDED, Auxiliary.NONE),
    /** {@code D = gelu(x)}. */
    GELU(Vector.NONE, Auxiliary.NONE),
    /** {@code D = gelu(x + vector)}. */
    GELU_BIAS(Vector.ADDED, Auxiliary.NONE),
    /** {@code auxiliary = x, D = gelu(x)}. */
    GELU_AUX(Vector.NONE, Auxiliary.WRITTEN),
    /** {@code auxiliary = x + vector, D = gelu(x + vector)}. */
    GELU_AUX_BIAS(Vector.ADDED, Auxiliary.WRITTEN),
    /** {@code D = x · gelu'(auxiliary)}. */
    DGELU(Vector.NONE, Auxiliary.READ),
    /** {@code D = x, vector = sums of the rows of op(A)}, one for each row of D; A is not transposed. */
    BGRADA(Vector.ROWS_OF_A, Auxiliary.NONE),
    /** {@code D = x, vector = sums of the columns of op(B)}, one for each column of D; B is transposed. */
    BGRADB(Vector.COLUMNS_OF_B, Auxiliary.NONE);

    /** What is done with the vector. */
    public enum Vector {
        NONE,
        ADDED,
        ROWS_OF_A,
        COLUMNS_OF_B;

        /** Whether the product writes it. */
        public boolean isWritten() {
            return this == ROWS_OF_A || this == COLUMNS_OF_B;
        }
    }

    /** What is done with the auxiliary matrix. */
    public enum Auxiliary {
        NONE,
        READ,
        WRITTEN
    }

    private final Vector vector;
    private final Auxiliary auxiliary;

    Epilogue(Vector vector, Auxiliary auxiliary) {
        this.vector = vector;
        this.auxiliary = auxiliary;
    }

    public Vector vector() {
        return vector;
    }

    public Auxiliary auxiliary() {
        return auxiliary;
    }
}
