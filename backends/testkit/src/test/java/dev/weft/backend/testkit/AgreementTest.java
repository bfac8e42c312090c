package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import org.junit.jupiter.api.Test;

class AgreementTest {

    private static final double NAN = Double.NaN;
    private static final double INF = Double.POSITIVE_INFINITY;

    @Test
    void smallElementsAreMeasuredByTheTensorAndLargeOnesByThemselves() {
        // rms = √((3² + 4² + 0²) / 3) ≈ 2.887
        Agreement small = Agreement.of(row(3, 4, 0.01), row(3, 4, 0));
        assertThat(small.position()).isEqualTo(2);
        assertThat(small.deviation()).isEqualTo(0.01 / Math.sqrt(25 / 3.0));
        assertThat(Agreement.of(row(3, 4.4, 0), row(3, 4, 0)).within(0.1 + 1e-12))
                .isTrue();
        assertThat(Agreement.of(row(3, 4.4, 0), row(3, 4, 0)).within(0.09)).isFalse();
    }

    @Test
    void nanAgreesWithNanAndInfinityWithItself() {
        assertThat(Agreement.of(row(NAN, INF, -INF, 1), row(NAN, INF, -INF, 1)).deviation())
                .isZero();
    }

    @Test
    void nothingElseAgreesWithNanOrInfinity() {
        assertThat(Agreement.of(row(1, 1), row(NAN, 1)).deviation()).isEqualTo(INF);
        assertThat(Agreement.of(row(NAN, 1), row(1, 1)).deviation()).isEqualTo(INF);
        assertThat(Agreement.of(row(INF, 1), row(-INF, 1)).deviation()).isEqualTo(INF);
        assertThat(Agreement.of(row(1e300, 1), row(INF, 1)).deviation()).isEqualTo(INF);
    }

    @Test
    void zerosOfEitherSignAgree() {
        assertThat(Agreement.of(row(-0.0, 0), row(0, 0)).deviation()).isZero();
        assertThat(Agreement.of(row(1e-300, 0), row(0, 0)).within(1))
                .as("nothing is near a tensor of zeros")
                .isFalse();
    }

    @Test
    void tensorsWithoutElementsAgree() {
        assertThat(Agreement.of(row(), row()).within(0)).isTrue();
    }

    private static Tensor row(double... values) {
        return Tensor.of(TensorType.of(ElementType.F32, values.length), values);
    }
}
