package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is kept of a choice among ways to make a product, and what a product may say. */
class AlgorithmTest {

    @Test
    void comesBackAsItWasKept() {
        byte[] opaque = new byte[Algorithm.OPAQUE_BYTES];
        new Random(7).nextBytes(opaque);
        Algorithm back = Algorithm.of(new Algorithm(130_002, 1L << 33, opaque).bytes());
        assertThat(back.version()).isEqualTo(130_002);
        assertThat(back.workspaceBytes()).isEqualTo(1L << 33);
        assertThat(back.opaque()).isEqualTo(opaque);
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() -> Algorithm.of(new byte[79]))
                .isInstanceOf(DefectException.class)
                .hasMessage("product: a way to make it must have 80 bytes, got 79 bytes");
    }

    @Test
    void alignmentIsAPowerOfTwo() {
        Matrix matrix = new Matrix(ElementType.F32, 8, 8, 8, 1, 0);
        assertThatThrownBy(() ->
                        new Multiplication(Compute.F32, matrix, false, matrix, false, matrix, 0, Epilogue.NONE, 0, 24))
                .hasMessage("product: alignment must be a power of two up to 256, got 24");
    }

    @Test
    void onlyFloatsAreMultiplied() {
        assertThatThrownBy(() -> ProductDescriptor.type(ElementType.I32))
                .isInstanceOf(DefectException.class)
                .hasMessage("product: its matrices must be of floats, not of i32");
    }

    /** As cublasLt.h numbers them. */
    @Test
    void epiloguesHaveTheLibrarysNumbers() {
        assertThat(Stream.of(Epilogue.values()).map(ProductDescriptor::epilogue))
                .containsExactly(1, 4, 32, 32 | 4, 32 | 128, 32 | 128 | 4, 64 | 128, 256, 512);
    }

    @Test
    void anAuxiliaryMatrixHasALeadingDimensionThatTheLibraryTakes() {
        Matrix matrix = new Matrix(ElementType.F32, 8, 8, 8, 1, 0);
        Matrix two = new Matrix(ElementType.F32, 8, 8, 8, 2, 64);
        assertThatThrownBy(() -> gelu(matrix, Epilogue.GELU_AUX, 12))
                .hasMessage("product: the leading dimension of the auxiliary matrix of GELU_AUX must be a multiple of 8"
                        + " from 8, got 12");
        assertThatThrownBy(() -> gelu(matrix, Epilogue.DGELU, 0)).hasMessageContaining("a multiple of 8 from 8, got 0");
        assertThatThrownBy(() -> gelu(matrix, Epilogue.BIAS, 8)).hasMessageContaining("must be 0, got 8");
        assertThatThrownBy(() -> gelu(two, Epilogue.DGELU, 8)).hasMessageContaining("must have one matrix, got 2");
    }

    private static Multiplication gelu(Matrix matrix, Epilogue epilogue, long leading) {
        return new Multiplication(Compute.F32, matrix, false, matrix, false, matrix, 0, epilogue, leading, 16);
    }
}
