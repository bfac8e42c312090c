package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Random graphs, fused as the backend likes, and the same with every value asked for, so that none can stay inside a kernel. */
final class FusionChecks {

    private static final int GRAPHS = 40;
    private static final int UNFUSED = 12;

    private final Supplier<Backend> backend;

    FusionChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        for (int seed = 0; seed < GRAPHS; seed++) {
            long number = seed;
            int ops = 10 + seed;
            String name = "generated graph, seed %d, %d ops".formatted(number, ops);
            checks.add(new Check("fusion", name, check -> run(check, number, ops)));
        }
        return checks;
    }

    private Outcome run(Check check, long seed, int ops) {
        GraphGenerator.Generated made = GraphGenerator.generate(seed, ops, ElementType.F32, GraphGenerator.Kind.ANY);
        Graph unfused = Programs.unfused(made.graph());
        List<Tensor> wanted = Interpreter.evaluate(unfused, made.inputs(), Interpreter.Mode.EXACT);
        double worst = 0;
        if (seed < UNFUSED) {
            worst = compare(run(unfused, made.inputs()), wanted, unfused.results(), "unfused");
        }
        List<Tensor> results = Interpreter.evaluate(made.graph(), made.inputs(), Interpreter.Mode.EXACT);
        List<Tensor> got = run(made.graph(), made.inputs());
        worst = Math.max(worst, compare(got, results, made.graph().results(), "fused"));
        return check.passed(worst);
    }

    private List<Tensor> run(Graph graph, List<Tensor> inputs) {
        try (Harness harness = new Harness(backend.get(), Programs.of(List.of(graph)))) {
            return harness.run(Programs.entry(0), inputs);
        }
    }

    private static double compare(List<Tensor> got, List<Tensor> wanted, List<Value> values, String how) {
        double worst = 0;
        for (int i = 0; i < got.size(); i++) {
            Agreement agreement = Agreement.of(got.get(i), wanted.get(i));
            boolean isFloat = wanted.get(i).type().element().isFloat();
            if (!agreement.within(isFloat ? Tolerance.GRAPH : 0)) {
                Value value = values.get(i);
                String what = value.op() instanceof Parameter
                        ? "a parameter"
                        : value.op().mnemonic();
                throw new AssertionError("%s, result %d (%%%d, %s, %s): %s"
                        .formatted(how, i, value.id(), what, value.type(), agreement));
            }
            worst = Math.max(worst, agreement.deviation());
        }
        return worst;
    }
}
