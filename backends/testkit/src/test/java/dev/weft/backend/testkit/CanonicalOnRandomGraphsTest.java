package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.pass.canonical.Canonical;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.verify.Verifier;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalOnRandomGraphsTest {

    static IntStream seeds() {
        return IntStream.range(0, 150);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theCanonicalFormMeansTheSameAndIsItsOwn(int seed) {
        GraphGenerator.Generated made =
                GraphGenerator.generate(seed, 10 + seed % 60, ElementType.F64, GraphGenerator.Kind.ANY);
        Graph canonical = new Canonical().apply(made.graph());

        assertThat(Verifier.problems(new Program(List.of(), List.of(canonical), List.of())))
                .isEmpty();
        assertThat(ProgramPrinter.print(new Canonical().apply(canonical))).isEqualTo(ProgramPrinter.print(canonical));
        List<Tensor> wanted = Interpreter.evaluate(made.graph(), made.inputs(), Interpreter.Mode.EXACT);
        List<Tensor> got = Interpreter.evaluate(canonical, made.inputs(), Interpreter.Mode.EXACT);
        for (int i = 0; i < wanted.size(); i++) {
            Agreement agreement = Agreement.of(got.get(i), wanted.get(i));
            // What is left where equal numbers are subtracted has no digits to compare.
            boolean isLeftover = Math.abs(agreement.got() - agreement.wanted()) < 1e-12;
            assertThat(isLeftover || agreement.within(1e-10))
                    .as("result %d: %s", i, agreement)
                    .isTrue();
        }
    }
}
