package dev.weft.backend.cpu.codegen;

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

/** The kernels of ops that read or write at places that are data. The places are checked before anything is moved. */
public final class TableKernels {
    private static final long MOST_UNITS = 64;
    private static final long COLUMNS_PER_UNIT = 32;

    private TableKernels() {}

    /** Looks at all places; the first that is outside is left in the status as (1, place). */
    public static Kernel check(PlaceCheck check, List<Value> values, Map<Value, Value> sharing) {
        Space space = Space.whole(1, check.places().type().shape().elements());
        Demands demands = new Demands(space, new HashSet<>(values), Set.of());
        Node node = demands.at(check.places(), space.point());
        Arguments arguments = new Arguments(sharing, demands);
        IrBuilder ir = new IrBuilder();
        NodeCode nodes = new NodeCode(ir, arguments);
        String status = arguments.name(new Slot.Status());
        String end = ir.emit("mul nsw i64 %unit1, " + space.width());
        ir.loop("0", end, counter -> {
            ir.remember(space.inner().getFirst(), counter);
            String place = new ElementCode(ir).cast(check.places().type().element(), ElementType.I64, nodes.emit(node));
            ir.when(ir.emit("icmp ugt i64 " + place + ", " + check.max()), () -> {
                String found = ir.emit("load i64, ptr " + status);
                ir.when(ir.emit("icmp eq i64 " + found + ", 0"), () -> {
                    ir.line("store i64 1, ptr " + status);
                    String second = ir.emit("getelementptr inbounds i64, ptr " + status + ", i64 1");
                    ir.line("store i64 " + place + ", ptr " + second);
                });
            });
        });
        return new Kernel(arguments.module(ir), arguments.slots(), 1, 0);
    }

    /** The kernels of one table op, without its check. */
    public static List<Kernel> of(Value value, List<Value> values, Map<Value, Value> sharing) {
        return switch (value.op()) {
            case Gather _, DynamicSlice _ ->
                List.of(NestCompiler.compile(
                        Nest.of(1, value.type().shape().elements(), values, List.of(value)), sharing));
            case ScatterAdd op -> {
                List<Kernel> kernels = start(op.into(), value, values, sharing);
                kernels.add(scatter(value, op, values, sharing));
                yield kernels;
            }
            case DynamicUpdate op -> {
                List<Kernel> kernels = start(op.x(), value, values, sharing);
                kernels.add(NestCompiler.compile(TableLoops.update(value, op, values), sharing));
                yield kernels;
            }
            case CumulativeSum op -> List.of(cumulate(value, op, values, sharing));
            default -> throw new DefectException("kernel: " + value.op().mnemonic() + " is no table op");
        };
    }

    /** Copies what the op starts from, unless the result lies there already. */
    private static List<Kernel> start(Value from, Value value, List<Value> values, Map<Value, Value> sharing) {
        List<Kernel> kernels = new ArrayList<>();
        if (!sharing.containsKey(value)) {
            kernels.add(NestCompiler.compile(Nest.copy(from, value, values, (demands, index) -> index), sharing));
        }
        return kernels;
    }

    /** Units are ranges of columns, and each takes all rows in order: the sum does not depend on the number of threads. */
    private static Kernel scatter(Value value, ScatterAdd op, List<Value> values, Map<Value, Value> sharing) {
        TableLoops.Scatter loops = TableLoops.Scatter.of(op, values);
        Space space = loops.space();
        long count = space.rows();
        long width = space.width();
        long perUnit = Math.max(COLUMNS_PER_UNIT, Math.ceilDiv(width, MOST_UNITS));
        Arguments arguments = new Arguments(sharing, loops.demands());
        IrBuilder ir = new IrBuilder();
        ElementCode elements = new ElementCode(ir);
        NodeCode nodes = new NodeCode(ir, arguments);
        ElementType element = value.type().element();
        String out = arguments.tensor(value);
        String first = ir.emit("mul nsw i64 %unit0, " + perUnit);
        String end = ir.emit("mul nsw i64 %unit1, " + perUnit);
        String last = ir.call("i64", "llvm.smin.i64", "i64", end, Long.toString(width));
        ir.loop("0", Long.toString(count), row -> {
            ir.remember(space.outer().getFirst(), row);
            String place = elements.cast(op.indices().type().element(), ElementType.I64, nodes.emit(loops.index()));
            String start = ir.emit("mul nsw i64 " + place + ", " + width);
            ir.loop(first, last, column -> {
                ir.remember(space.inner().getFirst(), column);
                String to = ir.emit("add nsw i64 " + start + ", " + column);
                String before = elements.load(element, out, to);
                String added = nodes.emit(loops.update());
                String type = ElementCode.register(element);
                String sum = ir.emit((element.isFloat() ? "fadd " : "add ") + type + " " + before + ", " + added);
                elements.store(element, sum, out, to);
            });
        });
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(width, perUnit), 0);
    }

    /** Units are lines along the axis. */
    private static Kernel cumulate(Value value, CumulativeSum op, List<Value> values, Map<Value, Value> sharing) {
        TableLoops.Lines loops = TableLoops.Lines.of(op, values);
        Space space = loops.space();
        long depth = space.width();
        long lines = space.rows();
        long stride = space.outer().get(1).size();
        Arguments arguments = new Arguments(sharing, loops.demands());
        IrBuilder ir = new IrBuilder();
        NodeCode nodes = new NodeCode(ir, arguments);
        ElementCode elements = new ElementCode(ir);
        ElementType element = value.type().element();
        String type = ElementCode.register(element);
        String slot = ir.emit("alloca " + type);
        String out = arguments.tensor(value);
        long perUnit = Math.max(1, Math.ceilDiv(lines, MOST_UNITS));
        String first = ir.emit("mul nsw i64 %unit0, " + perUnit);
        String end = ir.emit("mul nsw i64 %unit1, " + perUnit);
        String last = ir.call("i64", "llvm.smin.i64", "i64", end, Long.toString(lines));
        ir.loop(first, last, line -> {
            String outer = ir.emit("udiv i64 " + line + ", " + Math.max(1, stride));
            ir.remember(space.outer().get(0), outer);
            String whole = ir.emit("mul nsw i64 " + outer + ", " + stride);
            ir.remember(space.outer().get(1), ir.emit("sub nsw i64 " + line + ", " + whole));
            ir.line("store " + type + " " + ElementCode.literal(element, 0) + ", ptr " + slot);
            ir.loop("0", Long.toString(depth), step -> {
                ir.remember(space.inner().getFirst(), step);
                String before = ir.emit("load " + type + ", ptr " + slot);
                String x = nodes.emit(loops.element());
                String sum = ir.emit((element.isFloat() ? "fadd " : "add ") + type + " " + before + ", " + x);
                ir.line("store " + type + " " + sum + ", ptr " + slot);
                elements.store(element, sum, out, nodes.index(loops.position()));
            });
        });
        return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(lines, perUnit), 0);
    }
}
