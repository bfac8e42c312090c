package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.Demands;
import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.IndexMaps;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A product as plain loops, for what oneDNN has no fast code for: f64, integers, and operands without a contiguous axis. Each element
 * is one sum in order, in f32, f64 or i64.
 */
public final class DotKernel {
    private static final long MOST_UNITS = 64;

    private DotKernel() {}

    public static Kernel of(Value value, List<Value> values, Map<Value, Value> sharing) {
        DotGeneral op = (DotGeneral) value.op();
        Shape reduced = new Shape(
                op.xContract().stream().map(op.x().type().shape()::dim).toList());
        Space space = Space.of(value.type().shape().elements(), reduced.elements());
        while (true) {
            try {
                return compile(value, op, reduced, space, values, sharing);
            } catch (Index.SplitRequest request) {
                space = space.split(request);
            }
        }
    }

    private static Kernel compile(
            Value value, DotGeneral op, Shape reduced, Space space, List<Value> values, Map<Value, Value> sharing) {
        Set<Value> computed = new HashSet<>(values);
        computed.remove(value);
        Demands demands = new Demands(space, computed, Set.of());
        List<Index> result = IndexMaps.index(space.row(), value.type().shape());
        List<Index> depth = IndexMaps.index(space.column(), reduced);
        int batch = op.xBatch().size();
        int rows = op.xFree().size();
        Node x = demands.at(
                op.x(),
                operand(
                        op.x(),
                        op.xBatch(),
                        op.xFree(),
                        op.xContract(),
                        result.subList(0, batch),
                        result.subList(batch, batch + rows),
                        depth));
        Node y = demands.at(
                op.y(),
                operand(
                        op.y(),
                        op.yBatch(),
                        op.yFree(),
                        op.yContract(),
                        result.subList(0, batch),
                        result.subList(batch + rows, result.size()),
                        depth));
        return new Writer(value, op, space, demands, sharing).write(x, y);
    }

    private static List<Index> operand(
            Value operand,
            List<Integer> batchAxes,
            List<Integer> freeAxes,
            List<Integer> contractAxes,
            List<Index> batch,
            List<Index> free,
            List<Index> contract) {
        Index[] index = new Index[operand.type().rank()];
        for (int i = 0; i < batch.size(); i++) {
            index[batchAxes.get(i)] = batch.get(i);
        }
        for (int i = 0; i < free.size(); i++) {
            index[freeAxes.get(i)] = free.get(i);
        }
        for (int i = 0; i < contract.size(); i++) {
            index[contractAxes.get(i)] = contract.get(i);
        }
        return List.of(index);
    }

    private static final class Writer {
        private final Value value;
        private final DotGeneral op;
        private final Space space;
        private final Arguments arguments;
        private final IrBuilder ir = new IrBuilder();
        private final ElementCode elements = new ElementCode(ir);
        private final NodeCode nodes;

        Writer(Value value, DotGeneral op, Space space, Demands demands, Map<Value, Value> sharing) {
            this.value = value;
            this.op = op;
            this.space = space;
            this.arguments = new Arguments(sharing, demands);
            this.nodes = new NodeCode(ir, arguments);
        }

        Kernel write(Node x, Node y) {
            ElementType from = op.x().type().element();
            ElementType sum = accumulator(from, op.element());
            String type = ElementCode.register(sum);
            String slot = ir.emit("alloca " + type);
            long count = space.rows();
            long perUnit = Math.max(1, Math.ceilDiv(count, MOST_UNITS));
            String first = ir.emit("mul nsw i64 %unit0, " + perUnit);
            String end = ir.emit("mul nsw i64 %unit1, " + perUnit);
            String last = ir.call("i64", "llvm.smin.i64", "i64", end, Long.toString(count));
            ir.loop(first, last, element -> {
                bind(element);
                ir.line("store " + type + " " + ElementCode.literal(sum, 0) + ", ptr " + slot);
                inner(0, ignored -> {
                    String a = elements.cast(from, sum, nodes.emit(x));
                    String b = elements.cast(from, sum, nodes.emit(y));
                    String before = ir.emit("load " + type + ", ptr " + slot);
                    String product = sum.isFloat()
                            ? ir.emit("fmul contract " + type + " " + a + ", " + b)
                            : ir.emit("mul " + type + " " + a + ", " + b);
                    String after = sum.isFloat()
                            ? ir.emit("fadd reassoc contract " + type + " " + before + ", " + product)
                            : ir.emit("add " + type + " " + before + ", " + product);
                    ir.line("store " + type + " " + after + ", ptr " + slot);
                });
                String total = ir.emit("load " + type + ", ptr " + slot);
                elements.store(
                        op.element(),
                        elements.cast(sum, op.element(), total),
                        arguments.tensor(value),
                        nodes.index(space.row()));
            });
            return new Kernel(arguments.module(ir), arguments.slots(), Math.ceilDiv(count, perUnit), 0);
        }

        private void bind(String counter) {
            String rest = counter;
            List<Term.Loop> loops = new ArrayList<>(space.outer());
            for (int i = loops.size() - 1; i > 0; i--) {
                String quotient =
                        ir.emit("udiv i64 " + rest + ", " + loops.get(i).size());
                String whole =
                        ir.emit("mul nsw i64 " + quotient + ", " + loops.get(i).size());
                ir.remember(loops.get(i), ir.emit("sub nsw i64 " + rest + ", " + whole));
                rest = quotient;
            }
            ir.remember(loops.getFirst(), rest);
        }

        private void inner(int depth, Consumer<String> body) {
            if (depth == space.inner().size()) {
                body.accept("");
                return;
            }
            Term.Loop loop = space.inner().get(depth);
            ir.loop("0", Long.toString(loop.size()), counter -> {
                ir.remember(loop, counter);
                inner(depth + 1, body);
            });
        }
    }

    private static ElementType accumulator(ElementType from, ElementType to) {
        if (from == ElementType.F64 || to == ElementType.F64) {
            return ElementType.F64;
        }
        return from.isFloat() ? ElementType.F32 : ElementType.I64;
    }
}
