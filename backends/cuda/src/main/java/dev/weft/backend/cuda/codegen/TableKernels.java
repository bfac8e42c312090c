package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Nest;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.PlaceCheck;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.TableLoops;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The kernels of ops that read or write at places that are data, and of sums along an axis. */
public final class TableKernels {
    private static final int THREADS = 128;

    private TableKernels() {}

    /** Looks at all places; the first that is outside is left in the status as (1, place). */
    public static Kernel check(PlaceCheck check, List<Value> values, Map<Value, Value> sharing) {
        long count = check.places().type().shape().elements();
        Space space = Space.whole(1, count);
        Demands demands = new Demands(space, new HashSet<>(values), Set.of());
        Node node = demands.at(check.places(), space.point());
        Arguments arguments = new Arguments(sharing, demands);
        Writer writer = new Writer();
        NodeText nodes = new NodeText(writer, arguments);
        String status = arguments.written(new Slot.Status());
        writer.line("// places must be in 0 … " + check.max());
        Reducer.beginExchange(writer);
        writer.line("Least<i64> outside = {" + count + "};");
        writer.open("for (i64 i = thread(); i < " + count + "; i += threads())");
        writer.remember(space.inner().getFirst(), "i");
        writer.line("const i64 place = " + nodes.emit(node) + ";");
        writer.line("if (place < 0 || place > " + check.max() + ") outside.add(i, 0);");
        writer.close();
        writer.line("outside = of_block(outside, exchange, turn);");
        writer.open("if (thread() == 0 && outside.value < " + count + ")");
        writer.line("const i64 i = outside.value;");
        writer.remember(space.inner().getFirst(), "i");
        writer.line(status + "[1] = " + nodes.emit(node) + ";");
        writer.line(status + "[0] = 1;");
        writer.close();
        return arguments.kernel(writer, new Grid(1, Grid.MOST_THREADS));
    }

    /** The kernels of one table op, without its check. */
    public static List<Kernel> of(Value value, List<Value> values, Map<Value, Value> sharing) {
        return switch (value.op()) {
            case Gather _, DynamicSlice _ ->
                MapKernels.of(1, value.type().shape().elements(), values, List.of(value), sharing);
            case ScatterAdd op -> {
                List<Kernel> kernels = start(op.into(), value, values, sharing);
                kernels.addAll(scatter(value, op, values, sharing));
                yield kernels;
            }
            case DynamicUpdate op -> {
                List<Kernel> kernels = start(op.x(), value, values, sharing);
                kernels.addAll(MapKernels.of(TableLoops.update(value, op, values), sharing));
                yield kernels;
            }
            case CumulativeSum op -> cumulate(value, op, values, sharing);
            default -> throw new DefectException("kernel: " + value.op().mnemonic() + " is no table op");
        };
    }

    /** Copies what the op starts from, unless the result lies there already. */
    private static List<Kernel> start(Value from, Value value, List<Value> values, Map<Value, Value> sharing) {
        return sharing.containsKey(value)
                ? new ArrayList<>()
                : new ArrayList<>(MapKernels.of(Nest.copy(from, value, values, (demands, index) -> index), sharing));
    }

    /** A thread takes a column of the table and goes through all rows in order: the sum is always the same. */
    private static List<Kernel> scatter(Value value, ScatterAdd op, List<Value> values, Map<Value, Value> sharing) {
        TableLoops.Scatter loops = TableLoops.Scatter.of(op, values);
        Space space = loops.space();
        long count = space.rows();
        long width = space.width();
        if (count * width == 0) {
            return List.of();
        }
        Arguments arguments = new Arguments(sharing, loops.demands());
        Writer writer = new Writer();
        NodeText nodes = new NodeText(writer, arguments);
        ElementType element = value.type().element();
        String out = arguments.write(value);
        writer.line("// adds " + count + " rows into " + op.into().type());
        writer.line("const i64 column = block() * " + THREADS + " + thread();");
        writer.line("if (column >= " + width + ") return;");
        writer.remember(space.inner().getFirst(), "column");
        writer.open("for (i64 row = 0; row < " + count + "; row++)");
        writer.remember(space.outer().getFirst(), "row");
        String place = writer.let(
                "i64",
                "smaller<i64>(larger<i64>(%s, 0), %d)"
                        .formatted(nodes.emit(loops.index()), value.type().size(0) - 1));
        String to = out + "[" + place + " * " + width + " + column]";
        String before = writer.let(
                Elements.register(element), Elements.load(element, out, place + " * " + width + " + column"));
        String sum = Elements.rounded(element, before + " + " + nodes.emit(loops.update()));
        writer.line(to + " = " + Elements.stored(element, sum) + ";");
        writer.close();
        return List.of(arguments.kernel(writer, new Grid(Math.ceilDiv(width, THREADS), THREADS)));
    }

    /** A thread takes a line along the axis. */
    private static List<Kernel> cumulate(Value value, CumulativeSum op, List<Value> values, Map<Value, Value> sharing) {
        TableLoops.Lines loops = TableLoops.Lines.of(op, values);
        Space space = loops.space();
        long depth = space.width();
        long lines = space.rows();
        if (lines * depth == 0) {
            return List.of();
        }
        Arguments arguments = new Arguments(sharing, loops.demands());
        Writer writer = new Writer();
        NodeText nodes = new NodeText(writer, arguments);
        ElementType element = value.type().element();
        String out = arguments.write(value);
        writer.line("// " + lines + " sums along " + depth);
        writer.line("const i64 line = block() * " + THREADS + " + thread();");
        writer.line("if (line >= " + lines + ") return;");
        writer.bind(space.outer(), "line");
        writer.line(Elements.register(element) + " sum = " + Elements.literal(element, 0) + ";");
        writer.open("for (i64 k = 0; k < " + depth + "; k++)");
        writer.remember(space.inner().getFirst(), "k");
        writer.line("sum = " + Elements.rounded(element, "sum + " + nodes.emit(loops.element())) + ";");
        writer.line(out + "[" + nodes.index(loops.position()) + "] = " + Elements.stored(element, "sum") + ";");
        writer.close();
        return List.of(arguments.kernel(writer, new Grid(Math.ceilDiv(lines, THREADS), THREADS)));
    }
}
