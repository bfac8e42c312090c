package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Matrix products larger than a tile, with rests on every side, each operand either way round, alone and with an epilogue. */
final class ProductChecks {

    /** z (batch, rows, columns) = x (batch, rows, depth) · y (batch, depth, columns). */
    private record Sizes(long batch, long rows, long depth, long columns) {

        @Override
        public String toString() {
            return batch + " x (" + rows + ", " + depth + ") · (" + depth + ", " + columns + ")";
        }
    }

    private static final List<Sizes> SIZES = List.of(
            new Sizes(1, 300, 70, 600),
            new Sizes(1, 257, 257, 257),
            new Sizes(1, 1, 513, 1000),
            new Sizes(1, 2, 1100, 257),
            new Sizes(1, 4, 255, 1030),
            new Sizes(12, 3, 64, 511),
            new Sizes(1, 5, 64, 2050),
            new Sizes(1, 1030, 9, 7),
            new Sizes(6, 65, 33, 129),
            new Sizes(3, 1, 40, 70),
            new Sizes(1, 64, 3000, 2),
            new Sizes(1, 17, 9001, 40));

    private static final AgainstInterpreter AGAINST =
            new AgainstInterpreter(Interpreter.Mode.EXACT, ProductChecks::inputs, ProductChecks::tolerance);

    private final Supplier<Backend> backend;

    ProductChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        return Stream.of(ElementType.F32, ElementType.BF16)
                .flatMap(element -> SIZES.stream().map(sizes -> check(sizes, element)))
                .toList();
    }

    private Check check(Sizes sizes, ElementType element) {
        String name = element == ElementType.F32 ? sizes.toString() : sizes + " of " + element;
        return new Check("products", name, check -> run(check, sizes, element));
    }

    private Outcome run(Check check, Sizes sizes, ElementType element) {
        List<Graph> graphs = new ArrayList<>();
        for (boolean xTurned : new boolean[] {false, true}) {
            for (boolean yTurned : new boolean[] {false, true}) {
                graphs.add(graph(sizes, element, xTurned, yTurned, false));
                graphs.add(graph(sizes, element, xTurned, yTurned, true));
            }
        }
        return check.passed(AGAINST.worst(backend.get(), graphs));
    }

    private static List<Tensor> inputs(Graph graph) {
        SplittableRandom random = new SplittableRandom(7);
        return graph.parameters().stream()
                .map(parameter -> Values.REAL.tensor(parameter.type(), random))
                .toList();
    }

    /** Operands of any type are exact and sums at least f32, so only a narrow result is rounded more. */
    private static double tolerance(Tensor result) {
        return result.type().element() == ElementType.BF16 ? Tolerance.BF16_UNIT : Tolerance.GRAPH;
    }

    private static Graph graph(Sizes s, ElementType element, boolean xTurned, boolean yTurned, boolean epilogue) {
        String name = "x%s y%s%s"
                .formatted(xTurned ? " turned" : "", yTurned ? " turned" : "", epilogue ? " with an epilogue" : "");
        GraphBuilder b = new GraphBuilder(name);
        Value x = b.parameter(
                "x",
                type(element, xTurned ? new long[] {s.batch, s.depth, s.rows} : new long[] {s.batch, s.rows, s.depth}));
        Value y = b.parameter(
                "y",
                type(
                        element,
                        yTurned ? new long[] {s.batch, s.columns, s.depth} : new long[] {s.batch, s.depth, s.columns}));
        List<Integer> xSum = List.of(xTurned ? 1 : 2);
        List<Integer> ySum = List.of(yTurned ? 2 : 1);
        Value z = b.add(new DotGeneral(x, y, List.of(0), List.of(0), xSum, ySum, ElementType.F32));
        boolean narrow = element != ElementType.F32;
        if (!epilogue) {
            return b.build(
                    narrow
                            ? List.of(z, b.add(new DotGeneral(x, y, List.of(0), List.of(0), xSum, ySum, element)))
                            : List.of(z));
        }
        Value bias = b.parameter("bias", type(ElementType.F32, s.columns));
        Value residual = b.parameter("residual", z.type());
        Value scaled = b.add(new Mul(z, b.full(z.type(), 0.125)));
        Value sum = b.add(new Add(scaled, b.add(new Broadcast(bias, shape(z), List.of(2)))));
        Value last = b.add(new Add(b.add(new Tanh(sum)), residual));
        return b.build(List.of(sum, narrow ? b.add(new Cast(last, element)) : last));
    }

    private static Shape shape(Value value) {
        return value.type().shape();
    }

    private static TensorType type(ElementType element, long... sizes) {
        return TensorType.of(element, sizes);
    }
}
