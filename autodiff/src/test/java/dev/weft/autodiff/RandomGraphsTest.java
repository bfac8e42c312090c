package dev.weft.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.GradientCheck;
import dev.weft.backend.testkit.GraphGenerator;
import dev.weft.graph.Graph;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows are right one by one; here many of them meet. */
class RandomGraphsTest {

    static LongStream seeds() {
        return LongStream.range(100, 150);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void gradientsOfRandomGraphsAgreeWithFiniteDifferences(long seed) {
        GraphGenerator.Generated generated =
                GraphGenerator.generate(seed, 40, ElementType.F64, GraphGenerator.Kind.SMOOTH);
        Graph f = GradientCheck.weighted(generated.graph(), 0);
        List<Integer> wrt = GradientCheck.floats(generated.graph());
        GradientCheck check = new GradientCheck(f, Differentiate.gradient(f, wrt), wrt);
        List<Tensor> inputs = GradientCheck.completed(f, generated.inputs(), seed);
        Agreement agreement = check.alongDirection(inputs, seed);
        assertThat(agreement.within(1e-6)).as("%s: %s", generated, agreement).isTrue();
    }
}
