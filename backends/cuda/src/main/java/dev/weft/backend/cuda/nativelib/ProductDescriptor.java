package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Epilogue;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;

/** A product as cuBLASLt is told of it: the operation and the layouts of A, B and D, of which that of D is that of C too. */
final class ProductDescriptor implements AutoCloseable {
    private static final int R_32F = 0;
    private static final int R_64F = 1;
    private static final int R_16F = 2;
    private static final int R_16BF = 14;

    private static final int COMPUTE_32F = 68;
    private static final int COMPUTE_64F = 70;
    private static final int COMPUTE_32F_FAST_TF32 = 77;

    private static final int TRANSPOSE_A = 3;
    private static final int TRANSPOSE_B = 4;
    private static final int EPILOGUE = 7;
    private static final int BIAS_POINTER = 8;
    private static final int EPILOGUE_BIAS = 4;

    private static final int BATCH_COUNT = 5;
    private static final int BATCH_STEP = 6;

    private final CublasLt library;
    private final List<Runnable> owned = new ArrayList<>();
    private final long operation;
    private final long a;
    private final long b;
    private final long d;

    ProductDescriptor(CublasLt library, Multiplication product) {
        this.library = library;
        this.operation = operation(product);
        this.a = layout(product.a());
        this.b = layout(product.b());
        this.d = layout(product.d());
    }

    long operation() {
        return operation;
    }

    long a() {
        return a;
    }

    long b() {
        return b;
    }

    long d() {
        return d;
    }

    void bias(long address) {
        library.set(CublasLtFunction.DESCRIPTOR_SET, operation, BIAS_POINTER, address);
    }

    private long operation(Multiplication product) {
        long made = library.create(
                "describing a product",
                CublasLtFunction.DESCRIPTOR_CREATE,
                compute(product.compute()),
                scale(product.compute()));
        owned.add(() -> library.functions().status(CublasLtFunction.DESCRIPTOR_DESTROY, made));
        library.set(CublasLtFunction.DESCRIPTOR_SET, made, TRANSPOSE_A, product.transposeA() ? 1 : 0);
        library.set(CublasLtFunction.DESCRIPTOR_SET, made, TRANSPOSE_B, product.transposeB() ? 1 : 0);
        if (product.epilogue() == Epilogue.BIAS) {
            library.set(CublasLtFunction.DESCRIPTOR_SET, made, EPILOGUE, EPILOGUE_BIAS);
            // Until the address is known, one that is as well aligned: it decides which ways are offered.
            library.set(CublasLtFunction.DESCRIPTOR_SET, made, BIAS_POINTER, (long) product.alignment());
        }
        return made;
    }

    private long layout(Matrix matrix) {
        long made = library.create(
                "describing a matrix",
                CublasLtFunction.LAYOUT_CREATE,
                type(matrix.element()),
                matrix.rows(),
                matrix.columns(),
                matrix.leading());
        owned.add(() -> library.functions().status(CublasLtFunction.LAYOUT_DESTROY, made));
        if (matrix.count() > 1) {
            library.set(CublasLtFunction.LAYOUT_SET, made, BATCH_COUNT, matrix.count());
            library.set(CublasLtFunction.LAYOUT_SET, made, BATCH_STEP, matrix.step());
        }
        return made;
    }

    static int type(ElementType element) {
        return switch (element) {
            case F32 -> R_32F;
            case F64 -> R_64F;
            case F16 -> R_16F;
            case BF16 -> R_16BF;
            case I32, BOOL, I64, I8, U8 ->
                throw new DefectException("product: its matrices must be of floats, not of " + element);
        };
    }

    static int compute(Compute compute) {
        return switch (compute) {
            case F32, SMALL -> COMPUTE_32F;
            case TF32 -> COMPUTE_32F_FAST_TF32;
            case F64 -> COMPUTE_64F;
        };
    }

    /** The type of alpha and beta. */
    static int scale(Compute compute) {
        return compute == Compute.F64 ? R_64F : R_32F;
    }

    @Override
    public void close() {
        owned.reversed().forEach(Runnable::run);
        owned.clear();
    }
}
