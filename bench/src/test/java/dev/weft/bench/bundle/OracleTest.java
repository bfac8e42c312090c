package dev.weft.bench.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bench.bundle.Oracle.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle of the bundle, on a backend that every machine of this build has. */
class OracleTest {

    @ParameterizedTest
    @ValueSource(strings = {"f32", "bf16", "same"})
    void theCpuBackendTrainsAsTheReferenceDoesAndTheSameTwice(String what) {
        Verdict verdict = Oracle.verdict("cpu", what);

        assertThat(verdict.right()).as(verdict.sentence()).isTrue();
        assertThat(verdict.sentence()).containsPattern("[0-9]+ tensors");
    }

    @Test
    void aWrongElementIsNamedAndSoIsOneThatIsNoNumber() {
        Map<String, float[]> wanted = Map.of("a", new float[] {1, 2}, "b", new float[] {100});

        assertThat(Oracle.near(Map.of("a", new float[] {1, 2.1f}, "b", new float[] {100}), wanted, 1e-3))
                .satisfies(verdict -> assertThat(verdict.right()).isFalse())
                .satisfies(verdict -> assertThat(verdict.sentence()).contains("worst a, 5.00e-02"));
        assertThat(Oracle.near(Map.of("a", new float[] {1, Float.NaN}, "b", new float[] {100}), wanted, 1e-3)
                        .right())
                .isFalse();
    }
}
