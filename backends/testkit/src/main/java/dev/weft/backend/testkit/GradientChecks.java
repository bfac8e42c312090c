package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Differentiated programs that are shipped as text: the shapes of computation that training is made of. Weft's own tests hold the
 * texts to its derivatives.
 */
final class GradientChecks {

    /** Programs {@code NAME.weft-graph}, and their derivatives {@code NAME.gradient.weft-graph}. */
    static final List<String> NAMES = List.of("layer_norm", "attention", "cross_entropy", "mlp");

    private static final int SEEDS = 3;
    /** Integers of these programs are rows of tables with at least so many. */
    private static final int ROWS = 5;

    private final Supplier<Backend> backend;

    GradientChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        return NAMES.stream()
                .map(name -> new Check("gradients", name, check -> run(check, name)))
                .toList();
    }

    /** The text of a program that is shipped with the kit. */
    static String text(String file) {
        try (InputStream in = GradientChecks.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("conformance kit: must hold " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome run(Check check, String name) {
        Program program = ProgramParser.parse(text(name + ".gradient.weft-graph"));
        double worst = 0;
        for (Entry entry : program.entries()) {
            Graph graph = program.body(entry);
            try (Harness harness = new Harness(backend.get(), program)) {
                for (int seed = 0; seed < SEEDS; seed++) {
                    worst = Math.max(worst, compare(harness, entry, graph, new SplittableRandom(seed)));
                }
            }
        }
        return check.passed(worst);
    }

    private static double compare(Harness harness, Entry entry, Graph graph, SplittableRandom random) {
        List<Tensor> inputs = new ArrayList<>();
        for (Value parameter : graph.parameters()) {
            Values values = parameter.type().element().isFloat() ? Values.REAL : Values.index(ROWS);
            inputs.add(values.tensor(parameter.type(), random));
        }
        List<Tensor> wanted = Interpreter.evaluate(graph, inputs, Interpreter.Mode.EXACT);
        List<Tensor> got = harness.run(entry.name(), inputs);
        double worst = 0;
        for (int i = 0; i < got.size(); i++) {
            Agreement agreement = Agreement.of(got.get(i), wanted.get(i));
            if (!agreement.within(Tolerance.GRAPH)) {
                throw new AssertionError("%s: %s".formatted(entry.outputs().get(i), agreement));
            }
            worst = Math.max(worst, agreement.deviation());
        }
        return worst;
    }
}
