package dev.weft.backend.cuda.codegen;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
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

/** Writes nodes, operands first, each once in a scope. */
final class NodeText {
    private final Writer writer;
    private final Arguments arguments;

    NodeText(Writer writer, Arguments arguments) {
        this.writer = writer;
        this.arguments = arguments;
    }

    /** The variable that holds the node's element. */
    String emit(Node node) {
        String known = writer.known(node);
        if (known != null) {
            return known;
        }
        List<String> operands = new ArrayList<>();
        for (Node operand : node.operands()) {
            operands.add(emit(operand));
        }
        ElementType element = node.value().type().element();
        String expression =
                switch (node.kind()) {
                    case LOAD -> Elements.load(element, arguments.read(node.value()), index(node.position()));
                    case RESULT ->
                        throw new DefectException("kernel: " + node.value() + " is used before its row was read");
                    case COMPUTE -> compute(node, element, operands);
                };
        String name = writer.let(Elements.register(element), expression);
        writer.remember(node, name);
        return name;
    }

    private String compute(Node node, ElementType element, List<String> operands) {
        return switch (node.value().op()) {
            case Elementwise op -> OpText.of(op, operands);
            case Constant op -> Elements.literal(element, op.value());
            case Iota op ->
                Elements.cast(ElementType.I64, element, index(node.index().get(op.axis())));
            case Random op -> random(node, op, operands);
            case Pad op -> pad(node, op, element, operands);
            case Concat op -> concat(node, op, element, operands);
            default ->
                throw new DefectException(
                        "kernel: no text for " + node.value().op().mnemonic());
        };
    }

    private String random(Node node, Random op, List<String> operands) {
        String stream = arguments.number(Threefry.hash(op.stream()));
        return "uniform((u32) %s ^ (u32) %s, (u32) %s ^ (u32) ((u64) %s >> 32), %s)"
                .formatted(operands.get(0), stream, operands.get(1), stream, index(node.position()));
    }

    private String pad(Node node, Pad op, ElementType element, List<String> operands) {
        String fill = Elements.literal(element, op.fill());
        if (node.index().isEmpty()) {
            return op.x().type().shape().elements() == 0 ? fill : operands.getFirst();
        }
        List<String> inside = new ArrayList<>();
        for (int axis = 0; axis < node.index().size(); axis++) {
            long step = op.interior().get(axis) + 1;
            Index position = node.index().get(axis).plus(-op.low().get(axis));
            inside.addAll(atLeast(position, 0));
            inside.addAll(atMost(position, (op.x().type().size(axis) - 1) * step));
            if (step > 1) {
                inside.add(index(Index.of(new Term.Remainder(position, step))) + " == 0");
            }
        }
        return inside.isEmpty()
                ? operands.getFirst()
                : String.join(" && ", inside) + " ? " + operands.getFirst() + " : " + fill;
    }

    private String concat(Node node, Concat op, ElementType element, List<String> operands) {
        Index position = node.index().get(op.axis());
        String result = "";
        long start = 0;
        int next = 0;
        for (Value part : op.parts()) {
            if (part.type().shape().elements() > 0) {
                String value = operands.get(next++);
                List<String> behind = atLeast(position, start);
                result = result.isEmpty() || behind.isEmpty()
                        ? value
                        : writer.let(Elements.register(element), behind.getFirst() + " ? " + value + " : " + result);
            }
            start += part.type().size(op.axis());
        }
        return result.isEmpty() ? Elements.literal(element, 0) : result;
    }

    private List<String> atLeast(Index x, long bound) {
        return x.min() >= bound ? List.of() : List.of(index(x) + " >= " + bound);
    }

    private List<String> atMost(Index x, long bound) {
        return x.max() <= bound ? List.of() : List.of(index(x) + " <= " + bound);
    }

    /** An index as an expression; what in it is data is read first. */
    String index(Index index) {
        resolve(index);
        return writer.index(index);
    }

    /** Data outside its bounds ends the run, but not this kernel, which must not touch memory that is not there. */
    private void resolve(Index index) {
        for (Term.Data data : index.data()) {
            if (writer.known(data) == null) {
                String read = emit(arguments.demands().of(data));
                String bounded = "smaller<i64>(larger<i64>((i64) %s, %d), %d)".formatted(read, data.min(), data.max());
                writer.remember(data, writer.let("i64", bounded));
            }
        }
    }
}
