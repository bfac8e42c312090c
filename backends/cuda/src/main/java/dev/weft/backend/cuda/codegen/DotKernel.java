package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.Value;
import dev.weft.graph.nest.DotOperands;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Map;

/**
 * A product as plain loops, for what cuBLASLt does not do: integers, and operands without a contiguous axis. Each element is one sum in
 * order, in f32, f64 or i64.
 */
public final class DotKernel {
    private static final int THREADS = 128;

    private DotKernel() {}

    public static Kernel of(Value value, List<Value> values, Map<Value, Value> sharing) {
        DotGeneral op = (DotGeneral) value.op();
        DotOperands operands = DotOperands.of(value, values);
        Arguments arguments = new Arguments(sharing, operands.demands());
        Writer writer = new Writer();
        NodeText nodes = new NodeText(writer, arguments);
        ElementType from = op.x().type().element();
        ElementType sum = operands.accumulator();
        long count = operands.space().rows();
        String out = arguments.write(value);
        writer.line("// " + count + " sums of " + operands.space().width() + " products");
        writer.line("const i64 element = block() * " + THREADS + " + thread();");
        writer.line("if (element >= " + count + ") return;");
        writer.bind(operands.space().outer(), "element");
        writer.line(Elements.register(sum) + " sum = 0;");
        // A count that is known makes the compiler write all of it out, and spill.
        writer.line("#pragma unroll 4");
        writer.open("for (i64 k = 0; k < " + operands.space().width() + "; k++)");
        writer.bind(operands.space().inner(), "k");
        String x = Elements.cast(from, sum, nodes.emit(operands.x()));
        String y = Elements.cast(from, sum, nodes.emit(operands.y()));
        writer.line("sum += " + x + " * " + y + ";");
        writer.close();
        String total = writer.let(Elements.register(op.element()), Elements.cast(sum, op.element(), "sum"));
        writer.line(
                out + "[" + nodes.index(operands.space().row()) + "] = " + Elements.stored(op.element(), total) + ";");
        return arguments.kernel(writer, new Grid(Math.ceilDiv(count, THREADS), THREADS));
    }
}
