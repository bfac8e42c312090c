package dev.weft.backend.cuda.host;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.util.stream.LongStream;

/** A product whose description is consistent, in the words of the worker. */
record HostProduct(Multiplication product) {

    HostProduct {
        Matrix a = product.a();
        Matrix b = product.b();
        Matrix d = product.d();
        require(product, rows(a, product.transposeA()) == d.rows(), "rows of op(A) and of D must be equal");
        require(product, rows(b, !product.transposeB()) == d.columns(), "columns of op(B) and of D must be equal");
        require(product, rows(b, product.transposeB()) == product.depth(), "terms of op(A) and op(B) must be equal");
        for (Matrix matrix : new Matrix[] {a, b, d}) {
            require(product, matrix.rows() > 0 && matrix.columns() > 0, "matrices must not be empty");
            require(product, matrix.leading() >= matrix.rows(), "columns must not overlap");
            require(product, matrix.count() == d.count(), "there must be as many matrices A and B as D");
        }
        require(product, d.count() == 1 || d.step() > 0, "matrices D must not overlap");
        require(product, elementsFit(product), "elements must be those of the way to compute");
    }

    private static boolean elementsFit(Multiplication product) {
        ElementType a = product.a().element();
        ElementType d = product.d().element();
        return a == product.b().element()
                && switch (product.compute()) {
                    case F32, TF32 -> a == ElementType.F32 && d == a;
                    case SMALL -> (a == ElementType.BF16 || a == ElementType.F16) && (d == a || d == ElementType.F32);
                    case F64 -> a == ElementType.F64 && d == a;
                };
    }

    private static void require(Multiplication product, boolean holds, String sentence) {
        if (!holds) {
            throw new DefectException("product: " + sentence + ", got " + product);
        }
    }

    private static long rows(Matrix matrix, boolean transposed) {
        return transposed ? matrix.columns() : matrix.rows();
    }

    /** As the worker's {@code Multiplication} lies in memory. */
    long[] words(Addresses at) {
        LongStream how = LongStream.of(
                compute(product.compute()),
                product.transposeA() ? 1 : 0,
                product.transposeB() ? 1 : 0,
                product.beta(),
                product.epilogue().vector().ordinal(),
                act(product.epilogue()),
                product.auxiliaryLeading());
        LongStream matrices = LongStream.empty();
        for (Matrix matrix : new Matrix[] {product.a(), product.b(), product.d()}) {
            matrices = LongStream.concat(matrices, words(matrix));
        }
        return LongStream.concat(
                        LongStream.concat(how, matrices),
                        LongStream.of(at.a(), at.b(), at.c(), at.d(), at.vector(), at.auxiliary()))
                .toArray();
    }

    private static LongStream words(Matrix matrix) {
        return LongStream.of(
                element(matrix.element()),
                matrix.rows(),
                matrix.columns(),
                matrix.leading(),
                matrix.count(),
                matrix.step());
    }

    private static long act(Epilogue epilogue) {
        return switch (epilogue) {
            case NONE, BIAS, BGRADA, BGRADB -> 0;
            case GELU, GELU_BIAS, GELU_AUX, GELU_AUX_BIAS -> 1;
            case DGELU -> 2;
        };
    }

    private static long compute(Compute compute) {
        return switch (compute) {
            case F32 -> 0;
            case TF32 -> 1;
            case SMALL -> 2;
            case F64 -> 3;
        };
    }

    private static long element(ElementType element) {
        return switch (element) {
            case F32 -> 0;
            case BF16 -> 1;
            case F16 -> 2;
            case F64 -> 3;
            case I32, BOOL, I64, I8, U8 -> throw new DefectException("product: cannot be made of " + element);
        };
    }
}
