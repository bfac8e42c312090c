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
    private static final int MANY_LINES = 1024;
    private static final int LONG_LINE = 256;

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
                kernels.addAll(ScatterKernels.of(value, op, values, sharing));
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

    /** Many lines are a thread each; few long ones a block each, if sums need no rounding on the way. */
    private static List<Kernel> cumulate(Value value, CumulativeSum op, List<Value> values, Map<Value, Value> sharing) {
        TableLoops.Lines loops = TableLoops.Lines.of(op, values);
        long depth = loops.space().width();
        long lines = loops.space().rows();
        if (lines * depth == 0) {
            return List.of();
        }
        boolean exact =
                switch (value.type().element()) {
                    case F32, F64, I32, I64 -> true;
                    case BF16, F16, I8, U8, BOOL -> false;
                };
        Cumulation cumulation = new Cumulation(value, loops, sharing);
        return List.of(
                exact && lines < MANY_LINES && depth >= LONG_LINE ? cumulation.ofBlock() : cumulation.ofThread());
    }

    /** A kernel of sums along an axis. */
    private static final class Cumulation {
        private final TableLoops.Lines loops;
        private final Space space;
        private final ElementType element;
        private final Writer writer = new Writer();
        private final Arguments arguments;
        private final NodeText nodes;
        private final String out;

        Cumulation(Value value, TableLoops.Lines loops, Map<Value, Value> sharing) {
            this.loops = loops;
            this.space = loops.space();
            this.element = value.type().element();
            this.arguments = new Arguments(sharing, loops.demands());
            this.nodes = new NodeText(writer, arguments);
            this.out = arguments.write(value);
            writer.line("// " + space.rows() + " sums along " + space.width());
        }

        Kernel ofThread() {
            writer.line("const i64 line = block() * " + THREADS + " + thread();");
            writer.line("if (line >= " + space.rows() + ") return;");
            writer.bind(space.outer(), "line");
            writer.line(Elements.register(element) + " sum = " + Elements.literal(element, 0) + ";");
            along("0", Long.toString(space.width()), true);
            return arguments.kernel(writer, new Grid(Math.ceilDiv(space.rows(), THREADS), THREADS));
        }

        /** Each thread takes a piece of the line: it sums its piece, then learns what all before it have. */
        Kernel ofBlock() {
            String type = Elements.register(element);
            long piece = Math.ceilDiv(space.width(), Grid.MOST_THREADS);
            writer.line("SHARED " + type + " pieces[" + Grid.MOST_THREADS + "];");
            writer.line("const i64 line = block();");
            writer.bind(space.outer(), "line");
            writer.line("const i64 begin = smaller<i64>(thread() * (i64) %d, %d);".formatted(piece, space.width()));
            writer.line("const i64 end = smaller<i64>(begin + " + piece + ", " + space.width() + ");");
            writer.line(type + " sum = " + Elements.literal(element, 0) + ";");
            along("begin", "end", false);
            writer.line("pieces[thread()] = sum;");
            writer.line("sync();");
            writer.line("sum = " + Elements.literal(element, 0) + ";");
            writer.line("for (i32 k = 0; k < thread(); k++) sum += pieces[k];");
            along("begin", "end", true);
            return arguments.kernel(writer, new Grid(space.rows(), Grid.MOST_THREADS));
        }

        /** Adds what lies from {@code begin} to {@code end}, and stores each sum if asked to. */
        private void along(String begin, String end, boolean stores) {
            writer.line("#pragma unroll 4");
            writer.open("for (i64 k = " + begin + "; k < " + end + "; k++)");
            writer.remember(space.inner().getFirst(), "k");
            writer.line("sum = " + Elements.rounded(element, "sum + " + nodes.emit(loops.element())) + ";");
            if (stores) {
                writer.line(out + "[" + nodes.index(loops.position()) + "] = " + Elements.stored(element, "sum") + ";");
            }
            writer.close();
        }
    }
}
