package dev.weft.backend.cpu.codegen;

import dev.weft.graph.DefectException;
import dev.weft.graph.nest.Index;
import dev.weft.graph.nest.Node;
import dev.weft.graph.nest.Term;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.Random;
import dev.weft.graph.op.Threefry;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Emits nodes, operands first, each once per scope. */
final class NodeCode {
    private final IrBuilder ir;
    private final ElementCode elements;
    private final OpCode ops;
    private final Arguments arguments;

    NodeCode(IrBuilder ir, Arguments arguments) {
        this.ir = ir;
        this.elements = new ElementCode(ir);
        this.ops = new OpCode(ir, arguments);
        this.arguments = arguments;
    }

    /** The register that holds the node's element. */
    String emit(Node node) {
        String known = ir.known(node);
        if (known != null) {
            return known;
        }
        List<String> operands = new ArrayList<>();
        for (Node operand : node.operands()) {
            operands.add(emit(operand));
        }
        String name =
                switch (node.kind()) {
                    case LOAD -> load(node);
                    case RESULT ->
                        throw new DefectException("kernel: " + node.value() + " is used before its row was read");
                    case COMPUTE -> compute(node, operands);
                };
        ir.remember(node, name);
        return name;
    }

    private String load(Node node) {
        PartialSums partial = arguments.partial(node.value());
        return partial == null
                ? elements.load(node.value().type().element(), arguments.tensor(node.value()), index(node.position()))
                : partial.load(ir, elements, arguments, index(node.position()));
    }

    private String compute(Node node, List<String> operands) {
        ElementType element = node.value().type().element();
        return switch (node.value().op()) {
            case Elementwise op -> ops.emit(op, operands);
            case Constant op -> ElementCode.literal(element, op.value());
            case Iota op -> integer(node.index().get(op.axis()), element);
            case Random op -> random(node, op, operands);
            case Pad op -> pad(node, op, operands);
            case Concat op -> concat(node, op, operands);
            default ->
                throw new DefectException(
                        "kernel: no code for " + node.value().op().mnemonic());
        };
    }

    /** An index as an element; in 32 bits where it fits, which vectors convert faster. */
    private String integer(Index index, ElementType element) {
        String wide = index(index);
        if (element == ElementType.I64 || index.max() > Integer.MAX_VALUE) {
            return elements.cast(ElementType.I64, element, wide);
        }
        return elements.cast(ElementType.I32, element, ir.emit("trunc i64 " + wide + " to i32"));
    }

    private String random(Node node, Random op, List<String> operands) {
        String stream = arguments.number(Threefry.hash(op.stream()));
        String key0 = ir.emit("xor i32 " + operands.get(0) + ", " + ir.emit("trunc i64 " + stream + " to i32"));
        String upper = ir.emit("trunc i64 " + ir.emit("lshr i64 " + stream + ", 32") + " to i32");
        String key1 = ir.emit("xor i32 " + operands.get(1) + ", " + upper);
        return ops.uniform(key0, key1, index(node.position()));
    }

    private String pad(Node node, Pad op, List<String> operands) {
        ElementType element = node.value().type().element();
        String fill = ElementCode.literal(element, op.fill());
        if (node.index().isEmpty()) {
            return op.x().type().shape().elements() == 0 ? fill : operands.getFirst();
        }
        String inside = "true";
        for (int axis = 0; axis < node.index().size(); axis++) {
            long step = op.interior().get(axis) + 1;
            Index position = node.index().get(axis).plus(-op.low().get(axis));
            long last = (op.x().type().size(axis) - 1) * step;
            inside = and(inside, atLeast(position, 0));
            inside = and(inside, atMost(position, last));
            if (step > 1) {
                Index rest = Index.of(new Term.Remainder(position, step));
                inside = and(inside, ir.emit("icmp eq i64 " + index(rest) + ", 0"));
            }
        }
        return inside.equals("true") ? operands.getFirst() : select(inside, element, operands.getFirst(), fill);
    }

    private String concat(Node node, Concat op, List<String> operands) {
        ElementType element = node.value().type().element();
        Index position = node.index().get(op.axis());
        String result = null;
        long start = 0;
        int next = 0;
        for (var part : op.parts()) {
            long size = part.type().size(op.axis());
            if (part.type().shape().elements() > 0) {
                String value = operands.get(next++);
                result = result == null ? value : select(atLeast(position, start), element, value, result);
            }
            start += size;
        }
        return result == null ? ElementCode.literal(element, 0) : result;
    }

    private String select(String condition, ElementType element, String yes, String no) {
        String type = ElementCode.register(element);
        return ir.emit("select i1 " + condition + ", " + type + " " + yes + ", " + type + " " + no);
    }

    private String and(String a, String b) {
        return a.equals("true") ? b : b.equals("true") ? a : ir.emit("and i1 " + a + ", " + b);
    }

    private String atLeast(Index x, long bound) {
        return x.min() >= bound ? "true" : ir.emit("icmp sge i64 " + index(x) + ", " + bound);
    }

    private String atMost(Index x, long bound) {
        return x.max() <= bound ? "true" : ir.emit("icmp sle i64 " + index(x) + ", " + bound);
    }

    /** The register of an index; what in it is data has been emitted as an operand. */
    String index(Index index) {
        resolve(index);
        return ir.index(index);
    }

    private void resolve(Index index) {
        for (Term.Data data : index.data()) {
            if (ir.known(data) == null) {
                String register = emit(arguments.demands().of(data));
                ir.remember(data, elements.cast(data.value().type().element(), ElementType.I64, register));
            }
        }
    }
}
