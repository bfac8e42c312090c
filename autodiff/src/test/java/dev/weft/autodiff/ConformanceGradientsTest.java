package dev.weft.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.Values;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.verify.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The conformance kit holds differentiated programs as text, so that it needs no derivatives: here they are held to what derivatives
 * are now. {@code -Dweft.accept=true} writes them anew.
 */
class ConformanceGradientsTest {

    private static final Path KIT = Path.of("../backends/testkit/src/main/resources/dev/weft/backend/testkit");

    @ParameterizedTest
    @ValueSource(strings = {"layer_norm", "attention", "cross_entropy", "mlp"})
    void theKitHoldsTheseDerivatives(String name) throws IOException {
        Program program = ProgramParser.parse(Files.readString(KIT.resolve(name + ".weft-graph")));
        Program gradient = Pipeline.of(new Differentiate(), new Inline())
                .run(program, new Verifier())
                .program();
        Path file = KIT.resolve(name + ".gradient.weft-graph");
        if (Boolean.getBoolean("weft.accept")) {
            Files.writeString(file, ProgramPrinter.print(gradient));
        }
        Graph now = gradient.function("main");
        Graph held = ProgramParser.parse(Files.readString(file)).function("main");
        List<Tensor> inputs = inputs(now);
        List<Tensor> wanted = Interpreter.evaluate(now, inputs, Interpreter.Mode.EXACT);
        List<Tensor> got = Interpreter.evaluate(held, inputs, Interpreter.Mode.EXACT);
        for (int i = 0; i < wanted.size(); i++) {
            assertThat(Agreement.of(got.get(i), wanted.get(i)).deviation())
                    .as("result %d", i)
                    .isLessThan(1e-12);
        }
    }

    private static List<Tensor> inputs(Graph graph) {
        SplittableRandom random = new SplittableRandom(1);
        List<Tensor> inputs = new ArrayList<>();
        for (Value parameter : graph.parameters()) {
            Values values = parameter.type().element().isFloat() ? Values.REAL : Values.index(5);
            inputs.add(values.tensor(parameter.type(), random));
        }
        return inputs;
    }
}
