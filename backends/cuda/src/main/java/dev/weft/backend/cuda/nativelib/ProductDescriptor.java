package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.device.Epilogue.Vector;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
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
    private static final int AUXILIARY_POINTER = 11;
    private static final int AUXILIARY_LEADING = 12;

    private static final int BATCH_COUNT = 5;
    private static final int BATCH_STEP = 6;

    private final CublasLt library;
    private final Epilogue epilogue;
    private final List<Runnable> owned = new ArrayList<>();
    private final long operation;
    private final long a;
    private final long b;
    private final long d;

    ProductDescriptor(CublasLt library, Multiplication product) {
        this.library = library;
        this.epilogue = product.epilogue();
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

    /** Says where the epilogue's vector and auxiliary matrix are. */
    void extras(Addresses at) {
        if (epilogue.vector() != Vector.NONE) {
            library.set(CublasLtFunction.DESCRIPTOR_SET, operation, BIAS_POINTER, at.vector());
        }
        if (epilogue.auxiliary() != Auxiliary.NONE) {
            library.set(CublasLtFunction.DESCRIPTOR_SET, operation, AUXILIARY_POINTER, at.auxiliary());
        }
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
        if (epilogue != Epilogue.NONE) {
            library.set(CublasLtFunction.DESCRIPTOR_SET, made, EPILOGUE, epilogue(epilogue));
        }
        // Until addresses are known, ones that are as well aligned: they decide which ways are offered.
        if (epilogue.vector() != Vector.NONE) {
            library.set(CublasLtFunction.DESCRIPTOR_SET, made, BIAS_POINTER, (long) product.alignment());
        }
        if (epilogue.auxiliary() != Auxiliary.NONE) {
            library.set(CublasLtFunction.DESCRIPTOR_SET, made, AUXILIARY_POINTER, (long) product.alignment());
            library.set(CublasLtFunction.DESCRIPTOR_SET, made, AUXILIARY_LEADING, product.auxiliaryLeading());
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

    /** cublasLtEpilogue_t, in which 4 is a bias, 128 an auxiliary matrix and 256 and 512 sums of A and of B. */
    static int epilogue(Epilogue epilogue) {
        return switch (epilogue) {
            case NONE -> 1;
            case BIAS -> 4;
            case GELU -> 32;
            case GELU_BIAS -> 36;
            case GELU_AUX -> 160;
            case GELU_AUX_BIAS -> 164;
            case DGELU -> 192;
            case BGRADA -> 256;
            case BGRADB -> 512;
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
