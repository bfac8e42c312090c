package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.weft.graph.Graph;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class GradientCheckTest {

    /** Σ x³ */
    private static final Graph CUBES = ProgramParser.parseGraph("""
            fn @cubes(%0 "x": f64[3]) {
              %1 = mul %0, %0 : f64[3]
              %2 = mul %1, %0 : f64[3]
              %3 = reduce_sum %2 axes=[0] : f64[]
              return %3
            }
            """);

    /** The function and {@code factor · x²} for its gradient. */
    private static Graph gradient(double factor) {
        return ProgramParser.parseGraph("""
                fn @gradient(%%0 "x": f64[3]) {
                  %%1 = mul %%0, %%0 : f64[3]
                  %%2 = mul %%1, %%0 : f64[3]
                  %%3 = reduce_sum %%2 axes=[0] : f64[]
                  %%4 = constant element=f64 value=%s : f64[]
                  %%5 = broadcast %%4 shape=[3] axes=[] : f64[3]
                  %%6 = mul %%5, %%1 : f64[3]
                  return %%3, %%6
                }
                """.formatted(factor));
    }

    private static final List<Tensor> INPUTS = List.of(Tensor.of(TensorType.of(ElementType.F64, 3), 1, -2, 0.5));

    @Test
    void aRightGradientAgreesToManyDigits() {
        GradientCheck check = new GradientCheck(CUBES, gradient(3), List.of(0));
        assertThat(check.alongDirection(INPUTS, 1).within(1e-9)).isTrue();
        assertThat(check.byElement(INPUTS, 10))
                .allMatch(finding -> finding.agreement().within(1e-9));
    }

    /** sin(300 x) + y − ((y − 3) + 3): within a step of 1e-3 it turns by 0.3, and one of its terms is rounding alone. */
    @Test
    void whatBendsWithinAStepIsTriedWithSmallerOnesAndRoundingIsNoDeviation() {
        Graph f = ProgramParser.parseGraph("""
                fn @f(%0 "x": f64[], %1 "y": f64[]) {
                  %2 = constant element=f64 value=300.0 : f64[]
                  %3 = mul %0, %2 : f64[]
                  %4 = sin %3 : f64[]
                  %5 = constant element=f64 value=3.0 : f64[]
                  %6 = sub %1, %5 : f64[]
                  %7 = add %6, %5 : f64[]
                  %8 = sub %1, %7 : f64[]
                  %9 = add %4, %8 : f64[]
                  return %9
                }
                """);
        Graph gradient = ProgramParser.parseGraph("""
                fn @g(%0 "x": f64[], %1 "y": f64[]) {
                  %2 = constant element=f64 value=300.0 : f64[]
                  %3 = mul %0, %2 : f64[]
                  %4 = sin %3 : f64[]
                  %5 = cos %3 : f64[]
                  %6 = mul %5, %2 : f64[]
                  %7 = constant element=f64 value=0.0 : f64[]
                  return %4, %6, %7
                }
                """);
        TensorType scalar = TensorType.scalar(ElementType.F64);
        List<Tensor> inputs = List.of(Tensor.of(scalar, 0.002), Tensor.of(scalar, 0.1));
        GradientCheck check = new GradientCheck(f, gradient, List.of(0, 1));
        assertThat(check.byElement(inputs, 1))
                .extracting(finding ->
                        finding.parameter() + " " + finding.agreement().within(1e-6))
                .containsExactly("x true", "y true");
    }

    @Test
    void aWrongGradientIsFoundAndItsWorstElementNamed() {
        GradientCheck check = new GradientCheck(CUBES, gradient(3.01), List.of(0));
        assertThat(check.alongDirection(INPUTS, 1).within(1e-4)).isFalse();
        assertThat(check.byElement(INPUTS, 10)).singleElement().satisfies(finding -> {
            assertThat(finding.parameter()).isEqualTo("x");
            assertThat(finding.agreement().position()).isEqualTo(1);
            assertThat(finding.agreement().got()).isEqualTo(3.01 * 4);
            assertThat(finding.agreement().wanted()).isCloseTo(12, offset(1e-8));
        });
    }

    @Test
    void aWeightedSumSeesEveryFloatResult() {
        Graph weighted = GradientCheck.weighted(gradient(3), 0);
        assertThat(weighted.parameters()).extracting(Graph::parameterName).containsExactly("x", "weight0", "weight1");
        assertThat(GradientCheck.completed(weighted, INPUTS, 1)).hasSize(3);
    }
}
