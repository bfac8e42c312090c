package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.nest.DotOperands;
import dev.weft.graph.nest.Space;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A product as plain loops, for what oneDNN has no fast code for: f64, integers, and operands without a contiguous axis. Each element
 * is one sum in order, in f32, f64 or i64.
 */
public final class DotKernel {
    private static final long MOST_UNITS = 64;

    private DotKernel() {}

    public static Kernel of(Value value, List<Value> values, Map<Value, Value> sharing) {
        DotOperands operands = DotOperands.of(value, values);
        return new Writer(value, operands, sharing).write();
    }

    private static final class Writer {
        private final Value value;
        private final DotGeneral op;
        private final DotOperands operands;
        private final Space space;
        private final Arguments arguments;
        private final IrBuilder ir = new IrBuilder();
        private final ElementCode elements = new ElementCode(ir);
        private final NodeCode nodes;

        Writer(Value value, DotOperands operands, Map<Value, Value> sharing) {
            this.value = value;
            this.op = (DotGeneral) value.op();
            this.operands = operands;
            this.space = operands.space();
            this.arguments = new Arguments(sharing, operands.demands());
            this.nodes = new NodeCode(ir, arguments);
        }

        Kernel write() {
            ElementType from = op.x().type().element();
            ElementType sum = operands.accumulator();
            String type = ElementCode.register(sum);
            String slot = ir.emit("alloca " + type);
            long count = space.rows();
            long perUnit = Math.max(1, Math.ceilDiv(count, MOST_UNITS));
            String first = ir.emit("mul nsw i64 %unit0, " + perUnit);
            String end = ir.emit("mul nsw i64 %unit1, " + perUnit);
            String last = ir.call("i64", "llvm.smin.i64", "i64", end, Long.toString(count));
            ir.loop(first, last, element -> {
                ir.bind(space.outer(), element);
                ir.line("store " + type + " " + ElementCode.literal(sum, 0) + ", ptr " + slot);
                inner(0, ignored -> {
                    String a = elements.cast(from, sum, nodes.emit(operands.x()));
                    String b = elements.cast(from, sum, nodes.emit(operands.y()));
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
}
