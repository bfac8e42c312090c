package dev.weft.backend.cuda.host;

import static dev.weft.backend.cuda.host.HostRun.get;
import static dev.weft.backend.cuda.host.HostRun.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Epilogue.Auxiliary;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products keep to their description. */
class HostProductTest {
    private static final int M = 5;
    private static final int N = 7;
    private static final int K = 11;
    private static final int BATCH = 3;
    private static final int PADDING = 2;
    private static final int AUXILIARY_LEADING = 16;

    private static Matrix f32(boolean transposed, long rows, long columns, int count) {
        long stored = transposed ? columns : rows;
        long others = transposed ? rows : columns;
        return new Matrix(ElementType.F32, stored, others, stored + PADDING, count, (stored + PADDING) * others + 1);
    }

    private static Multiplication product(int way, Epilogue epilogue) {
        boolean extra = epilogue.auxiliary() != Auxiliary.NONE;
        int count = extra || epilogue.vector().isWritten() ? 1 : BATCH;
        return new Multiplication(
                Compute.F32,
                f32((way & 1) != 0, M, K, count),
                (way & 1) != 0,
                f32((way & 2) != 0, K, N, count),
                (way & 2) != 0,
                f32(false, M, N, count),
                way >> 2 & 1,
                epilogue,
                extra ? AUXILIARY_LEADING : 0,
                4);
    }

    private static float[] numbers(long count, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[(int) count];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextDouble(-1, 1);
        }
        return numbers;
    }

    private static float[] numbers(Matrix matrix, int seed) {
        return numbers(matrix.count() * matrix.step(), seed);
    }

    private static double at(float[] numbers, Matrix matrix, boolean transposed, int batch, int row, int column) {
        long i = transposed ? column : row;
        long j = transposed ? row : column;
        return numbers[(int) (batch * matrix.step() + j * matrix.leading() + i)];
    }

    private static double gelu(double x) {
        return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    /** What a product reads, and after {@link #make} what it should have written. */
    private record Numbers(Multiplication product, float[] a, float[] b, float[] d, float[] vector, float[] auxiliary) {
        Numbers(Multiplication product) {
            this(
                    product,
                    numbers(product.a(), 1),
                    numbers(product.b(), 2),
                    numbers(product.d(), 3),
                    numbers(Math.max(M, N), 4),
                    numbers(AUXILIARY_LEADING * (long) N, 5));
        }

        private double left(int batch, int i, int k) {
            return at(a, product.a(), product.transposeA(), batch, i, k);
        }

        private double right(int batch, int k, int j) {
            return at(b, product.b(), product.transposeB(), batch, k, j);
        }

        void make() {
            for (int batch = 0; batch < product.d().count(); batch++) {
                for (int i = 0; i < M; i++) {
                    for (int j = 0; j < N; j++) {
                        double sum = product.beta() * at(d, product.d(), false, batch, i, j);
                        for (int k = 0; k < K; k++) {
                            sum += left(batch, i, k) * right(batch, k, j);
                        }
                        int place = (int)
                                (batch * product.d().step() + j * product.d().leading() + i);
                        d[place] = (float) finish(sum, i, AUXILIARY_LEADING * j + i);
                    }
                }
            }
            for (int k = 0; k < K && product.epilogue().vector().isWritten(); k++) {
                for (int i = 0; i < product.vectorLength(); i++) {
                    double term = product.epilogue() == Epilogue.BGRADA ? left(0, i, k) : right(0, k, i);
                    vector[i] = (float) ((k == 0 ? 0 : vector[i]) + term);
                }
            }
        }

        private double finish(double sum, int row, int place) {
            return switch (product.epilogue()) {
                case NONE, BGRADA, BGRADB -> sum;
                case BIAS -> sum + vector[row];
                case GELU -> gelu(sum);
                case GELU_BIAS -> gelu(sum + vector[row]);
                case GELU_AUX, GELU_AUX_BIAS -> {
                    double x = product.epilogue() == Epilogue.GELU_AUX ? sum : sum + vector[row];
                    auxiliary[place] = (float) x;
                    yield gelu(x);
                }
                case DGELU -> {
                    double step = 1e-5;
                    double x = auxiliary[place];
                    yield sum * (gelu(x + step) - gelu(x - step)) / (2 * step);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Epilogue.class)
    void obeysLayoutTransposesAddendAndEpilogue(Epilogue epilogue) {
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            for (int way = 0; way < 8; way++) {
                if (epilogue == Epilogue.BGRADA && (way & 1) != 0 || epilogue == Epilogue.BGRADB && (way & 2) == 0) {
                    int refused = way;
                    assertThatThrownBy(() -> product(refused, epilogue)).hasMessageContaining("as it is stored");
                    continue;
                }
                Multiplication product = product(way, epilogue);
                Numbers numbers = new Numbers(product);
                long d = put(device, numbers.d());
                long vector = product.vectorLength() == 0 ? 0 : put(device, numbers.vector());
                long auxiliary = product.auxiliaryLeading() == 0 ? 0 : put(device, numbers.auxiliary());
                long handle =
                        device.product(product, device.algorithms(product, 0, 8).getFirst());
                long a = put(device, numbers.a());
                long b = put(device, numbers.b());
                device.multiply(device.stream(), handle, new Addresses(a, b, d, d, vector, auxiliary), 0);
                numbers.make();
                close(device, way, d, numbers.d());
                if (vector != 0) {
                    close(device, way, vector, numbers.vector());
                }
                if (auxiliary != 0) {
                    close(device, way, auxiliary, numbers.auxiliary());
                }
            }
        }
    }

    private static void close(HostDevice device, int way, long at, float[] wanted) {
        assertThat(get(device, at, wanted.length))
                .as("way " + way)
                .usingComparatorWithPrecision(2e-6f)
                .containsExactly(wanted);
    }

    @Test
    void aResultInBf16IsRoundedOnceAndSoIsWhatIsKept() {
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            Matrix one = new Matrix(ElementType.BF16, 8, 1, 8, 1, 0);
            Matrix by = new Matrix(ElementType.BF16, 1, 1, 1, 1, 0);
            // 1 + 2^-7 is the bf16 behind 1, and so is 3 behind 2.984375: their product 3.0234375 lies between 3.015625
            // and 3.03125.
            long a = put(device, Float.intBitsToFloat(0x3f81), 0, 0, 0);
            long b = put(device, Float.intBitsToFloat(0x4040));
            long vector = put(device, new float[4]);
            long d = put(device, new float[4]);
            long kept = put(device, new float[4]);
            Multiplication product =
                    new Multiplication(Compute.SMALL, one, false, by, false, one, 0, Epilogue.GELU_AUX_BIAS, 8, 16);
            device.multiply(
                    device.stream(), device.product(product, new byte[1]), new Addresses(a, b, 0, d, vector, kept), 0);
            assertThat(Float.floatToRawIntBits(get(device, kept, 1)[0])).isEqualTo(0x4042);
            float exact = (float) gelu(3.0234375);
            int below = Float.floatToRawIntBits(exact) >>> 16;
            assertThat(Float.floatToRawIntBits(get(device, d, 1)[0])).isBetween(below, below + 1);
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
            device.multiply(device.stream(), device.product(small, new byte[1]), new Addresses(a, a, 0, d), 0);
            assertThat(get(device, d, 4)).containsExactly(5, 11, 11, 25);

            Matrix one = new Matrix(ElementType.F32, 1, 1, 1, 1, 0);
            long x = put(device, 1 + 0x1p-11f + 0x1p-20f);
            long y = put(device, 1);
            Multiplication tf32 = new Multiplication(Compute.TF32, one, false, one, false, one, 0, Epilogue.NONE);
            device.multiply(device.stream(), device.product(tf32, new byte[1]), new Addresses(x, y, 0, d), 0);
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
            assertThatThrownBy(() -> device.multiply(device.stream(), product, new Addresses(full, full, 0, part), 0))
                    .isInstanceOf(DefectException.class)
                    .hasMessageContaining("product's D: 64 bytes at 0x");
        }
    }
}
