package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.graph.Graph;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Holds graphs on a backend to what the interpreter computes.
 *
 * @param mode of the interpreter
 * @param inputs of a graph
 * @param tolerance for a result that is wanted
 */
record AgainstInterpreter(
        Interpreter.Mode mode, Function<Graph, List<Tensor>> inputs, ToDoubleFunction<Tensor> tolerance) {

    /**
     * All graphs, as entries of one program.
     *
     * @return the greatest deviation
     * @throws AssertionError if a result deviates more than its tolerance; with the name of its graph
     */
    double worst(Backend backend, List<Graph> graphs) {
        double worst = 0;
        try (Harness harness = new Harness(backend, Programs.of(graphs))) {
            for (int i = 0; i < graphs.size(); i++) {
                worst = Math.max(worst, compare(harness, Programs.entry(i), graphs.get(i)));
            }
        }
        return worst;
    }

    private double compare(Harness harness, String entry, Graph graph) {
        List<Tensor> given = inputs.apply(graph);
        List<Tensor> wanted = Interpreter.evaluate(graph, given, mode);
        List<Tensor> got = harness.run(entry, given);
        double worst = 0;
        for (int i = 0; i < wanted.size(); i++) {
            Agreement agreement = Agreement.of(got.get(i), wanted.get(i));
            if (!agreement.within(tolerance.applyAsDouble(wanted.get(i)))) {
                throw new AssertionError("%s, result %d: %s".formatted(graph.name(), i, agreement));
            }
            worst = Math.max(worst, agreement.deviation());
        }
        return worst;
    }
}
