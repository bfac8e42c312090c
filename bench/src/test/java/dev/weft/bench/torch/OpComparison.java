package dev.weft.bench.torch;

import dev.weft.autodiff.Differentiate;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.GradientCheck;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;

/**
 * A case with the functions that compute it in Weft.
 *
 * @param forward the op alone
 * @param gradient of a weighted sum of the result, by the float operands; empty where there is none
 */
record OpComparison(OpCase op, Graph forward, Optional<Graph> gradient, List<Integer> wrt) {

    /** What a run of a case found, the result first, then the gradients. */
    record Findings(Agreement result, List<Agreement> gradients) {}

    static OpComparison of(OpCase op, String name) {
        GraphBuilder builder = new GraphBuilder(name);
        List<Value> parameters = new ArrayList<>();
        op.operands().forEach(x -> parameters.add(builder.parameter("x" + parameters.size(), x.type())));
        Graph forward = builder.build(List.of(builder.add(op.weft().apply(parameters))));
        List<Integer> wrt = GradientCheck.floats(forward);
        boolean smooth = !wrt.isEmpty() && result(forward).type().element().isFloat();
        Optional<Graph> gradient = smooth
                ? Optional.of(Differentiate.gradient(GradientCheck.weighted(forward, 0), wrt))
                : Optional.empty();
        return new OpComparison(op, forward, gradient, wrt);
    }

    /** One program with two entries a case. */
    static Program program(List<OpComparison> cases) {
        List<Graph> functions = new ArrayList<>();
        for (OpComparison one : cases) {
            functions.add(one.forward);
            one.gradient.ifPresent(functions::add);
        }
        return new Program(
                List.of(),
                functions,
                functions.stream().map(OpComparison::entry).toList());
    }

    private static Entry entry(Graph function) {
        return new Entry(function.name(), function.name(), List.of(), inputs(function), outputs(function), List.of());
    }

    private static List<String> inputs(Graph function) {
        return function.parameters().stream().map(Graph::parameterName).toList();
    }

    private static List<String> outputs(Graph function) {
        return IntStream.range(0, function.results().size())
                .mapToObj(i -> "y" + i)
                .toList();
    }

    private static Value result(Graph function) {
        return function.results().getFirst();
    }

    /** Computes the case in a session of {@link #program} and in libtorch. */
    Findings run(Session session, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Tensor> inputs = op.operands().stream()
                .map(operand -> operand.values().tensor(operand.type(), random))
                .toList();
        Tensor y = run(session, forward, inputs).getFirst();
        try (PointerScope scope = new PointerScope()) {
            List<org.bytedeco.pytorch.Tensor> operands =
                    inputs.stream().map(Torch::exact).toList();
            wrt.forEach(i -> scope.attach(operands.get(i).set_requires_grad(true)));
            org.bytedeco.pytorch.Tensor wanted = op.torch().apply(operands);
            Agreement result = Agreement.of(y, Torch.read(wanted, y.type().element()));
            return new Findings(
                    result,
                    gradient.map(graph -> gradients(session, graph, inputs, operands, wanted, seed))
                            .orElse(List.of()));
        }
    }

    private List<Agreement> gradients(
            Session session,
            Graph graph,
            List<Tensor> inputs,
            List<org.bytedeco.pytorch.Tensor> operands,
            org.bytedeco.pytorch.Tensor result,
            long seed) {
        List<Tensor> all = GradientCheck.completed(graph, inputs, seed + 1);
        List<Tensor> got = run(session, graph, all);
        org.bytedeco.pytorch.Tensor loss =
                result.mul(Torch.exact(all.getLast())).sum();
        if (loss.requires_grad()) {
            loss.backward();
        }
        List<Agreement> agreements = new ArrayList<>();
        for (int k = 0; k < wrt.size(); k++) {
            Tensor ours = got.get(got.size() - wrt.size() + k);
            org.bytedeco.pytorch.Tensor theirs = operands.get(wrt.get(k)).grad();
            Tensor wanted = theirs.defined() ? Torch.read(theirs, ours.type().element()) : Tensor.zeros(ours.type());
            agreements.add(Agreement.of(ours, wanted));
        }
        return List.copyOf(agreements);
    }

    private static List<Tensor> run(Session session, Graph function, List<Tensor> inputs) {
        Map<String, MemorySegment> segments = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            segments.put(inputs(function).get(i), TensorBytes.of(inputs.get(i)));
        }
        Map<String, Buffer> outputs = session.run(function.name(), segments);
        return outputs(function).stream()
                .map(name -> read(session, outputs.get(name)))
                .toList();
    }

    private static Tensor read(Session session, Buffer buffer) {
        MemorySegment segment =
                MemorySegment.ofArray(new byte[Math.toIntExact(buffer.type().bytes())]);
        session.read(buffer, segment);
        return TensorBytes.read(buffer.type(), segment);
    }

    @Override
    public String toString() {
        return "%s of %s".formatted(result(forward).op().mnemonic(), op.operands());
    }
}
