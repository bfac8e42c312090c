package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.graph.Graph;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Attention and its gradient at awkward sizes, which a backend may compute without ever holding all weights at once. */
final class AttentionChecks {

    private final Supplier<Backend> backend;

    AttentionChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        for (AttentionGraph sample : AttentionGraph.samples()) {
            checks.add(new Check("attention", sample.toString(), check -> run(check, sample)));
        }
        return checks;
    }

    private Outcome run(Check check, AttentionGraph sample) {
        Graph graph = sample.withGradient();
        List<Tensor> inputs = inputs(graph);
        List<Tensor> wanted = Interpreter.evaluate(graph, inputs, Interpreter.Mode.EXACT);
        double worst = 0;
        try (Harness harness = new Harness(backend.get(), Programs.of(List.of(graph, sample.forward())))) {
            List<Tensor> got = harness.run(Programs.entry(0), inputs);
            for (int i = 0; i < got.size(); i++) {
                worst = Math.max(worst, compare(got.get(i), wanted.get(i), "result " + i));
            }
            List<Tensor> alone = harness.run(Programs.entry(1), inputs(sample.forward()));
            worst = Math.max(worst, compare(alone.getFirst(), wanted.getFirst(), "without the gradient"));
        }
        return check.passed(worst);
    }

    /** The same for parameters of one name. */
    static List<Tensor> inputs(Graph graph) {
        return graph.parameters().stream()
                .map(parameter -> Values.REAL.tensor(
                        parameter.type(),
                        new SplittableRandom(Graph.parameterName(parameter).hashCode())))
                .toList();
    }

    private static double compare(Tensor got, Tensor wanted, String what) {
        Agreement agreement = Agreement.of(got, wanted);
        if (!agreement.within(Tolerance.GRAPH)) {
            throw new AssertionError("%s: %s".formatted(what, agreement));
        }
        return agreement.deviation();
    }
}
