package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.ReduceSum;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** The same bytes twice, and with 1, 2 and 3 threads: on random graphs, and where threads are tempted to split a sum. */
final class DeterminismChecks {

    private static final int GRAPHS = 6;
    private static final long FIRST_SEED = 1000;

    private record Work(List<Graph> graphs, List<List<Tensor>> inputs) {}

    private final BackendProvider provider;
    private final Supplier<Backend> backend;

    DeterminismChecks(BackendProvider provider, Supplier<Backend> backend) {
        this.provider = provider;
        this.backend = backend;
    }

    List<Check> checks() {
        return List.of(
                new Check("determinism", "twice in one session, and in another", this::twice),
                new Check("determinism", "1, 2 and 3 threads", this::threads));
    }

    private Outcome twice(Check check) {
        Work work = work();
        try (Harness harness = new Harness(backend.get(), Programs.of(work.graphs()));
                Harness other = new Harness(backend.get(), Programs.of(work.graphs()))) {
            List<Tensor> first = results(harness, work);
            same("the second run", results(harness, work), first);
            same("another session", results(other, work), first);
        }
        return check.passed(0);
    }

    private Outcome threads(Check check) {
        Work work = work();
        List<Tensor> single = List.of();
        for (int threads = 1; threads <= 3; threads++) {
            try (Backend opened = provider.open(new BackendOptions(threads));
                    Harness harness = new Harness(opened, Programs.of(work.graphs()))) {
                List<Tensor> results = results(harness, work);
                if (threads == 1) {
                    single = results;
                } else {
                    same(threads + " threads", results, single);
                }
            }
        }
        return check.passed(0);
    }

    private static List<Tensor> results(Harness harness, Work work) {
        List<Tensor> results = new ArrayList<>();
        for (int i = 0; i < work.graphs().size(); i++) {
            results.addAll(harness.run(Programs.entry(i), work.inputs().get(i)));
        }
        return results;
    }

    private static void same(String what, List<Tensor> got, List<Tensor> wanted) {
        for (int i = 0; i < got.size(); i++) {
            long at = TensorBytes.of(got.get(i)).mismatch(TensorBytes.of(wanted.get(i)));
            if (at >= 0) {
                throw new AssertionError("%s: result %d (%s) must have the same bytes, byte %d differs"
                        .formatted(what, i, got.get(i).type(), at));
            }
        }
    }

    private static Work work() {
        List<Graph> graphs = new ArrayList<>();
        List<List<Tensor>> inputs = new ArrayList<>();
        for (int i = 0; i < GRAPHS; i++) {
            GraphGenerator.Generated made =
                    GraphGenerator.generate(FIRST_SEED + i, 30, ElementType.F32, GraphGenerator.Kind.ANY);
            graphs.add(made.graph());
            inputs.add(made.inputs());
        }
        Graph sums = sums();
        SplittableRandom random = new SplittableRandom(3);
        List<Tensor> large = new ArrayList<>();
        for (Value parameter : sums.parameters()) {
            Values values = parameter.type().element().isFloat() ? Values.REAL : Values.index(5);
            large.add(values.tensor(parameter.type(), random));
        }
        graphs.add(sums);
        inputs.add(large);
        return new Work(graphs, inputs);
    }

    /** Long sums of every kind. */
    private static Graph sums() {
        GraphBuilder b = new GraphBuilder("sums");
        Value x = b.parameter("x", TensorType.of(ElementType.F32, 70_001));
        Value y = b.parameter("y", TensorType.of(ElementType.F32, 33, 1031));
        Value z = b.parameter("z", TensorType.of(ElementType.F32, 1031, 29));
        Value rows = b.parameter("rows", TensorType.of(ElementType.I32, 33));
        Value table = b.parameter("table", TensorType.of(ElementType.F32, 5, 1031));
        Value seed = b.parameter("seed", TensorType.scalar(ElementType.I32));
        Value e = b.add(new Exp(x));
        return b.build(List.of(
                b.add(new ReduceSum(e, List.of(0))),
                b.add(new CumulativeSum(x, 0)),
                b.add(new ReduceSum(y, List.of(0))),
                b.add(new ReduceSum(y, List.of(1))),
                b.add(new ReduceSum(y, List.of(0, 1))),
                b.add(new DotGeneral(y, z, List.of(), List.of(), List.of(1), List.of(0), ElementType.F32)),
                b.add(new DotGeneral(x, x, List.of(), List.of(), List.of(0), List.of(0), ElementType.F32)),
                b.add(new ScatterAdd(table, rows, y)),
                b.add(new Random(seed, seed, "determinism", Shape.of(3, 1001)))));
    }
}
