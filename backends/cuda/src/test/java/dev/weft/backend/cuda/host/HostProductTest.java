package dev.weft.backend.cuda.host;

import static dev.weft.backend.cuda.host.HostRun.get;
import static dev.weft.backend.cuda.host.HostRun.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Epilogue;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Products keep to their description. */
class HostProductTest {
    private static final int M = 5;
    private static final int N = 7;
    private static final int K = 11;
    private static final int BATCH = 3;
    private static final int PADDING = 2;

    private static Matrix f32(boolean transposed, long rows, long columns) {
        long stored = transposed ? columns : rows;
        long others = transposed ? rows : columns;
        return new Matrix(ElementType.F32, stored, others, stored + PADDING, BATCH, (stored + PADDING) * others + 1);
    }

    private static float[] numbers(Matrix matrix, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[(int) (matrix.count() * matrix.step())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }

    private static double at(float[] numbers, Matrix matrix, boolean transposed, int batch, int row, int column) {
        long i = transposed ? column : row;
        long j = transposed ? row : column;
        return numbers[(int) (batch * matrix.step() + j * matrix.leading() + i)];
    }

    private static float[] expected(Multiplication product, float[] a, float[] b, float[] d, float[] bias) {
        float[] all = d.clone();
        for (int batch = 0; batch < BATCH; batch++) {
            for (int i = 0; i < M; i++) {
                for (int j = 0; j < N; j++) {
                    double sum = product.beta() * at(d, product.d(), false, batch, i, j);
                    sum += product.epilogue() == Epilogue.BIAS ? bias[i] : 0;
                    for (int k = 0; k < K; k++) {
                        sum += at(a, product.a(), product.transposeA(), batch, i, k)
                                * at(b, product.b(), product.transposeB(), batch, k, j);
                    }
                    all[(int) (batch * product.d().step() + j * product.d().leading() + i)] = (float) sum;
                }
            }
        }
        return all;
    }

    @Test
    void obeysLayoutTransposesAddendAndBias() {
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            for (int way = 0; way < 16; way++) {
                Multiplication product = new Multiplication(
                        Compute.F32,
                        f32((way & 1) != 0, M, K),
                        (way & 1) != 0,
                        f32((way & 2) != 0, K, N),
                        (way & 2) != 0,
                        f32(false, M, N),
                        way >> 2 & 1,
                        (way & 8) != 0 ? Epilogue.BIAS : Epilogue.NONE);
                float[] a = numbers(product.a(), 1);
                float[] b = numbers(product.b(), 2);
                float[] d = numbers(product.d(), 3);
                float[] bias = {1, 2, 3, 4, 5};
                long at = put(device, d);
                byte[] algorithm = device.algorithms(product, 0, 8).getFirst();
                long handle = device.product(product, algorithm);
                device.multiply(device.stream(), handle, put(device, a), put(device, b), at, at, put(device, bias), 0);
                assertThat(get(device, at, d.length))
                        .as("way " + way)
                        .usingComparatorWithPrecision(1e-6f)
                        .containsExactly(expected(product, a, b, d, bias));
            }
        }
    }

    @Test
    void roundsTermsToTheElementType() {
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            Matrix bf16 = new Matrix(ElementType.BF16, 2, 2, 2, 1, 0);
            Matrix f32 = new Matrix(ElementType.F32, 2, 2, 2, 1, 0);
            // (1, 2; 3, 4) in bf16, two to a word, column after column.
            long a = put(device, Float.intBitsToFloat(0x4040_3f80), Float.intBitsToFloat(0x4080_4000));
            long d = put(device, new float[4]);
            Multiplication small = new Multiplication(Compute.SMALL, bf16, false, bf16, true, f32, 0, Epilogue.NONE);
            device.multiply(device.stream(), device.product(small, new byte[1]), a, a, 0, d, 0, 0);
            assertThat(get(device, d, 4)).containsExactly(5, 11, 11, 25);

            Matrix one = new Matrix(ElementType.F32, 1, 1, 1, 1, 0);
            long x = put(device, 1 + 0x1p-11f + 0x1p-20f);
            long y = put(device, 1);
            Multiplication tf32 = new Multiplication(Compute.TF32, one, false, one, false, one, 0, Epilogue.NONE);
            device.multiply(device.stream(), device.product(tf32, new byte[1]), x, y, 0, d, 0, 0);
            assertThat(get(device, d, 1)).containsExactly(1 + 0x1p-10f);
        }
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            Matrix square = new Matrix(ElementType.F32, 4, 4, 4, 1, 0);
            Matrix narrow = new Matrix(ElementType.F32, 3, 4, 4, 1, 0);
            assertThatThrownBy(() -> device.product(
                            new Multiplication(Compute.F32, square, false, narrow, false, square, 0, Epilogue.NONE),
                            new byte[1]))
                    .isInstanceOf(DefectException.class)
                    .hasMessageContaining("terms of op(A) and op(B) must be equal");
            long product = device.product(
                    new Multiplication(Compute.F32, square, false, square, false, square, 0, Epilogue.NONE),
                    new byte[1]);
            long full = put(device, new float[16]);
            long part = put(device, new float[15]);
            assertThatThrownBy(() -> device.multiply(device.stream(), product, full, full, 0, part, 0, 0))
                    .isInstanceOf(DefectException.class)
                    .hasMessageContaining("product's D: 64 bytes at 0x");
        }
    }
}
