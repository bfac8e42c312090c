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
import dev.weft.graph.op.Reshape;
import dev.weft.graph.op.Slice;
import dev.weft.graph.pass.precision.QuantizedRows;
import dev.weft.graph.pass.weights.Quantization;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Products with weights that are held in i8 with scales, or in bf16, as {@link dev.weft.graph.pass.weights.Weights} writes them: one row and
 * several, these also rounded to 8 bits, sums of awkward lengths, groups of zeros, the greatest numbers.
 */
final class HeldWeightChecks {

    private static final List<Long> DEPTHS = List.of(1L, 7L, 63L, 64L, 65L, 200L, 769L);
    /** Of sums of whole groups. */
    private static final List<Long> WHOLE_DEPTHS = List.of(64L, 128L, 192L, 768L);

    private static final List<Long> COLUMNS = List.of(1L, 35L, 130L);
    private static final List<Long> ROWS = List.of(1L, 2L, 5L, 7L, 16L, 17L, 33L);

    /** What products read. */
    private enum Kind {
        I8,
        I8_IN_BF16,
        /** Rows are rounded to 8 bits too. */
        I8_IN_I8,
        /** Other groups than Weft makes, as somebody may write them in a program. */
        I8_IN_GROUPS_OF_16,
        BF16
    }

    private static final AgainstInterpreter AGAINST =
            new AgainstInterpreter(Interpreter.Mode.TYPED, HeldWeightChecks::inputs, _ -> Tolerance.GRAPH);

    private final Supplier<Backend> backend;

    HeldWeightChecks(Supplier<Backend> backend) {
        this.backend = backend;
    }

    List<Check> checks() {
        return Stream.of(Kind.values())
                .flatMap(kind -> (kind == Kind.I8_IN_I8 ? WHOLE_DEPTHS : DEPTHS)
                        .stream()
                                .map(depth -> new Check(
                                        "held weights",
                                        "%s, sums of %d".formatted(kind.name().toLowerCase(Locale.ROOT), depth),
                                        check -> run(check, kind, depth))))
                .toList();
    }

    private Outcome run(Check check, Kind kind, long depth) {
        List<Graph> graphs = new ArrayList<>();
        for (long columns : COLUMNS) {
            for (long rows : ROWS) {
                graphs.add(graph(kind, rows, columns, depth));
            }
        }
        return check.passed(AGAINST.worst(backend.get(), graphs));
    }

    private static List<Tensor> inputs(Graph graph) {
        SplittableRandom random = new SplittableRandom(11);
        return graph.parameters().stream()
                .map(parameter -> values(Graph.parameterName(parameter), parameter.type(), random))
                .toList();
    }

    /** Numbers from −127 to 127, both ends among them; scales over many orders, some of them zero. */
    private static Tensor values(String name, TensorType type, SplittableRandom random) {
        Tensor tensor = Tensor.zeros(type);
        for (int i = 0; i < tensor.size(); i++) {
            double value =
                    switch (name) {
                        case "q" ->
                            type.element() == ElementType.I8
                                    ? i % 5 == 0 ? 127 - 254 * (i % 2) : random.nextInt(-127, 128)
                                    : random.nextDouble(-1, 1);
                        case "scale" -> i % 4 == 3 ? 0 : random.nextDouble(0.5, 1.5) * Math.scalb(1, -7 - i % 3);
                        default -> random.nextDouble(-1, 1);
                    };
            tensor.set(i, type.element().round(value));
        }
        return tensor;
    }

    private static Graph graph(Kind kind, long rows, long columns, long depth) {
        GraphBuilder b = new GraphBuilder("(%d, %d) · (%d, %d)".formatted(rows, depth, depth, columns));
        boolean inBf16 = kind == Kind.I8_IN_BF16;
        Value given = b.parameter("x", TensorType.of(inBf16 ? ElementType.BF16 : ElementType.F32, rows, depth));
        Value x = kind == Kind.I8_IN_I8 ? QuantizedRows.write(b, given).value() : given;
        Value q =
                b.parameter("q", TensorType.of(kind == Kind.BF16 ? ElementType.BF16 : ElementType.I8, columns, depth));
        Value wide = b.add(new Cast(q, ElementType.F32));
        Value w = kind == Kind.BF16 ? wide : b.add(new Mul(wide, scales(b, columns, depth, group(kind))));
        Value operand = inBf16 ? b.add(new Cast(w, ElementType.BF16)) : w;
        Value z = b.add(new DotGeneral(x, operand, List.of(), List.of(), List.of(1), List.of(1), ElementType.F32));
        Value bias = b.parameter("bias", TensorType.of(ElementType.F32, columns));
        return b.build(
                List.of(b.add(new Add(z, b.add(new Broadcast(bias, z.type().shape(), List.of(1)))))));
    }

    private static long group(Kind kind) {
        return kind == Kind.I8_IN_GROUPS_OF_16 ? 16 : Quantization.SIZE;
    }

    private static Value scales(GraphBuilder b, long columns, long depth, long group) {
        long groups = Math.ceilDiv(depth, group);
        long width = groups == 1 ? depth : group;
        Value scale = b.parameter("scale", TensorType.of(ElementType.F32, columns, groups));
        Value each = b.add(new Broadcast(scale, Shape.of(columns, groups, width), List.of(0, 1)));
        Value row = b.add(new Reshape(each, Shape.of(columns, groups * width)));
        return groups * width == depth
                ? row
                : b.add(new Slice(row, List.of(0L, 0L), List.of(columns, depth), List.of(1L, 1L)));
    }
}
