package dev.weft.graph.text;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints programs and graphs in the text form. */
public final class ProgramPrinter {

    /** Whether origins follow each value. */
    public enum Origins {
        SHOWN,
        HIDDEN
    }

    private final Origins origins;

    public ProgramPrinter(Origins origins) {
        this.origins = origins;
    }

    /** The program without origins: equal texts are equal programs. */
    public static String print(Program program) {
        return new ProgramPrinter(Origins.HIDDEN).text(program);
    }

    /** The graph without origins: equal texts are equal graphs. */
    public static String print(Graph graph) {
        return new ProgramPrinter(Origins.HIDDEN).text(graph);
    }

    public String text(Program program) {
        StringBuilder out = new StringBuilder("program ops=" + Primitive.VERSION + "\n");
        for (Stored stored : program.stored()) {
            out.append(
                    "stored %s %s : %s\n".formatted(stored.role(), Words.quoted(stored.name()), type(stored.type())));
        }
        program.functions().forEach(function -> out.append(text(function)));
        program.entries().forEach(entry -> out.append(text(entry)));
        return out.toString();
    }

    private static String text(Entry entry) {
        return "entry %s = @%s reads %s inputs %s outputs %s writes %s\n"
                .formatted(
                        Words.word(entry.name()),
                        Words.word(entry.function()),
                        names(entry.reads()),
                        names(entry.inputs()),
                        names(entry.outputs()),
                        names(entry.writes()));
    }

    private static String names(List<String> names) {
        return names.stream().map(Words::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    public String text(Graph graph) {
        Map<Value, Integer> numbers = numbers(graph);
        StringBuilder out = new StringBuilder("fn @" + Words.word(graph.name()) + "(");
        out.append(graph.parameters().stream()
                .map(parameter -> "%" + numbers.get(parameter) + " " + Words.quoted(Graph.parameterName(parameter))
                        + ": " + type(parameter.type()))
                .collect(Collectors.joining(", ")));
        out.append(") {\n");
        for (Value value : graph.values()) {
            if (!(value.op() instanceof Parameter)) {
                out.append("  ")
                        .append(line(value, numbers))
                        .append(origins(graph, value))
                        .append('\n');
            }
        }
        return out.append("  return")
                .append(references(graph.results(), numbers))
                .append("\n}\n")
                .toString();
    }

    /** The number of each value in the text form: parameters first, then values in order. */
    public static Map<Value, Integer> numbers(Graph graph) {
        Map<Value, Integer> numbers = new IdentityHashMap<>();
        graph.parameters().forEach(parameter -> numbers.put(parameter, numbers.size()));
        graph.values().forEach(value -> numbers.putIfAbsent(value, numbers.size()));
        return numbers;
    }

    /** One value as {@code %3 = add %1, %2 : f32[4]}, with the numbers given. */
    public static String line(Value value, Map<Value, Integer> numbers) {
        Op op = value.op();
        StringBuilder out = new StringBuilder("%" + numbers.get(value) + " = " + op.mnemonic());
        out.append(references(value.operands(), numbers));
        OpSchema.of(op)
                .attributes(op)
                .forEach((name, attribute) ->
                        out.append(' ').append(Words.snake(name)).append('=').append(attribute(attribute)));
        return out.append(" : ").append(type(value.type())).toString();
    }

    private static String references(List<Value> values, Map<Value, Integer> numbers) {
        return values.stream()
                .map(value -> "%" + numbers.get(value))
                .collect(Collectors.joining(", ", values.isEmpty() ? "" : " ", ""));
    }

    private String origins(Graph graph, Value value) {
        List<Origin> known = graph.provenance().of(value);
        if (origins == Origins.HIDDEN || known.isEmpty()) {
            return "";
        }
        return known.stream().map(Origin::toString).collect(Collectors.joining("; ", "  // ", ""));
    }

    private static String attribute(Object attribute) {
        return switch (attribute) {
            case String text -> Words.quoted(text);
            case Shape shape -> shape(shape);
            case Double number -> Words.number(number);
            case List<?> numbers -> numbers.stream().map(Object::toString).collect(Collectors.joining(",", "[", "]"));
            default -> attribute.toString();
        };
    }

    /** A type with its labels: {@code f32[4:B,64:T]}. */
    public static String type(TensorType type) {
        return type.element() + shape(type.shape());
    }

    private static String shape(Shape shape) {
        return shape.dims().stream().map(ProgramPrinter::dim).collect(Collectors.joining(",", "[", "]"));
    }

    private static String dim(Dim dim) {
        return dim.label() == null ? Long.toString(dim.size()) : dim.size() + ":" + Words.word(dim.label());
    }
}
