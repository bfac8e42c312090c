package dev.weft.graph.pass.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizationTest {

    private record Held(byte[] q, float[] scales, float[] restored) {}

    private static Held held(float... row) {
        byte[] q = new byte[row.length];
        float[] scales = new float[Quantization.count(row.length)];
        Quantization.quantize(row, q, scales);
        float[] restored = new float[row.length];
        Quantization.restore(q, scales, restored);
        return new Held(q, scales, restored);
    }

    @Test
    void theLargestMagnitudeIs127AndHalvesGoToEven() {
        Held held = held(127, -127, 0.5f, 1.5f, -0.5f, -2.5f, 0);
        assertThat(held.scales()).containsExactly(1);
        assertThat(held.q()).containsExactly(127, -127, 0, 2, 0, -2, 0);
    }

    @Test
    void aGroupOfZerosIsZerosWithScaleZero() {
        Held held = held(new float[65]);
        assertThat(held.scales()).containsExactly(0, 0);
        assertThat(held.restored()).containsOnly(0);
    }

    @Test
    void theLastGroupMayBeShort() {
        float[] row = new float[66];
        row[63] = 254;
        row[64] = 1;
        row[65] = -0.25f;
        Held held = held(row);
        assertThat(held.scales()).containsExactly(2, 1 / 127f);
        assertThat(held.q()[65]).isEqualTo((byte) -32);
    }

    @Test
    void extremesStayFiniteAndMinus128NeverOccurs() {
        Held held = held(Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE / 3);
        for (float value : held.restored()) {
            assertThat(Float.isFinite(value)).isTrue();
        }
        assertThat(held.q()).containsExactly(127, -127, 42);
        assertThat(held(Float.MIN_VALUE, -Float.MIN_VALUE).restored()).containsOnly(0);
    }

    @Test
    void nothingMovesByMoreThanHalfAStep() {
        long seed = 20261122;
        Random random = new Random(seed);
        for (int length : new int[] {1, 7, 63, 64, 65, 769}) {
            float[] row = new float[length];
            for (int i = 0; i < length; i++) {
                row[i] = (float) random.nextGaussian() * (1 + i % 5);
            }
            Held held = held(row);
            for (int i = 0; i < length; i++) {
                assertThat(Math.abs(held.restored()[i] - row[i]))
                        .as("seed %d, element %d of %d", seed, i, length)
                        .isLessThanOrEqualTo(held.scales()[i / Quantization.SIZE] * 0.50001f);
                assertThat(held.q()[i]).isNotEqualTo(Byte.MIN_VALUE);
            }
        }
    }

    @Test
    void whatIsNotFiniteIsFound() {
        assertThat(Quantization.firstNonFinite(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY}))
                .isEqualTo(1);
        assertThat(Quantization.firstNonFinite(new float[] {1, Float.MAX_VALUE}))
                .isEqualTo(-1);
    }
}
