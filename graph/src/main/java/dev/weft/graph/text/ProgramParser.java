package dev.weft.graph.text;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads programs and graphs in the text form. Every type is derived again and must agree with the one written. */
public final class ProgramParser {

    private final Tokens tokens;

    private ProgramParser(String text) {
        this.tokens = new Tokens(text);
    }

    /**
     * The program of a text.
     *
     * @throws UserException with the line, if it is none
     */
    public static Program parse(String text) {
        return new ProgramParser(text).program();
    }

    /** The one function of a text. */
    public static Graph parseGraph(String text) {
        ProgramParser parser = new ProgramParser(text);
        Graph graph = parser.function();
        parser.end();
        return graph;
    }

    private Program program() {
        tokens.expect("program");
        tokens.expect("ops");
        tokens.expect("=");
        long version = tokens.integer();
        if (version != Primitive.VERSION) {
            throw tokens.failure("op set must be %d, got %d", Primitive.VERSION, version);
        }
        List<Stored> stored = new ArrayList<>();
        while (tokens.at("stored")) {
            stored.add(stored());
        }
        List<Graph> functions = new ArrayList<>();
        while (tokens.at("fn")) {
            functions.add(function());
        }
        List<Entry> entries = new ArrayList<>();
        while (tokens.at("entry")) {
            entries.add(entry());
        }
        end();
        return new Program(stored, functions, entries);
    }

    private void end() {
        if (!tokens.atEnd()) {
            throw tokens.failure("nothing must follow, got %s", tokens.word());
        }
    }

    private Stored stored() {
        tokens.expect("stored");
        String role = tokens.word();
        String name = tokens.word();
        tokens.expect(":");
        TensorType type = tokens.type();
        for (Stored.Role known : Stored.Role.values()) {
            if (known.toString().equals(role)) {
                return new Stored(name, type, known);
            }
        }
        throw tokens.failure("stored tensor must be a param, buffer, state, cache, shadow or weight, got %s", role);
    }

    private Entry entry() {
        tokens.expect("entry");
        String name = tokens.word();
        tokens.expect("=");
        tokens.expect("@");
        return new Entry(name, tokens.word(), names("reads"), names("inputs"), names("outputs"), names("writes"));
    }

    private List<String> names(String what) {
        tokens.expect(what);
        return tokens.list("[", "]", tokens::word);
    }

    private Graph function() {
        tokens.expect("fn");
        tokens.expect("@");
        GraphBuilder builder = new GraphBuilder(tokens.word());
        Map<Integer, Value> values = new HashMap<>();
        tokens.list("(", ")", () -> parameter(builder, values));
        tokens.expect("{");
        while (tokens.atReference()) {
            assignment(builder, values);
        }
        tokens.expect("return");
        List<Value> results = references(values);
        tokens.expect("}");
        return builder.build(results);
    }

    private Value parameter(GraphBuilder builder, Map<Integer, Value> values) {
        int number = tokens.reference();
        String name = tokens.word();
        tokens.expect(":");
        Value parameter = builder.parameter(name, tokens.type());
        define(values, number, parameter);
        return parameter;
    }

    private void define(Map<Integer, Value> values, int number, Value value) {
        if (values.putIfAbsent(number, value) != null) {
            throw tokens.failure("%%%d must be defined once", number);
        }
    }

    private List<Value> references(Map<Integer, Value> values) {
        List<Value> references = new ArrayList<>();
        if (tokens.atReference()) {
            do {
                references.add(reference(values));
            } while (tokens.skip(","));
        }
        return references;
    }

    private Value reference(Map<Integer, Value> values) {
        int number = tokens.reference();
        Value value = values.get(number);
        if (value == null) {
            throw tokens.failure("%%%d must be defined before it is used", number);
        }
        return value;
    }

    private void assignment(GraphBuilder builder, Map<Integer, Value> values) {
        int number = tokens.reference();
        tokens.expect("=");
        String mnemonic = tokens.word();
        OpSchema schema = OpSchema.byMnemonic().get(mnemonic);
        if (schema == null || mnemonic.equals("parameter")) {
            throw tokens.failure(
                    "op must be one of %s, got %s", OpSchema.byMnemonic().keySet(), mnemonic);
        }
        List<Value> operands = references(values);
        Map<String, Object> attributes = new HashMap<>();
        schema.attributeTypes().forEach((name, type) -> {
            tokens.expect(Words.snake(name));
            tokens.expect("=");
            attributes.put(name, attribute(type));
        });
        tokens.expect(":");
        TensorType type = tokens.type();
        Value value = build(builder, schema, operands, attributes, type);
        if (!value.type().equals(type)) {
            throw tokens.failure("%%%d must be %s, is written as %s", number, value.type(), type);
        }
        define(values, number, value);
    }

    private Value build(
            GraphBuilder builder,
            OpSchema schema,
            List<Value> operands,
            Map<String, Object> attributes,
            TensorType type) {
        try {
            return builder.add(schema.build(operands, attributes, type));
        } catch (UserException e) {
            throw (UserException) tokens.failure("%s", e.getMessage()).initCause(e);
        }
    }

    private Object attribute(Type type) {
        return switch (type.getTypeName()) {
            case "int" -> Math.toIntExact(tokens.integer());
            case "long" -> tokens.integer();
            case "double" -> tokens.number();
            case "java.lang.String" -> tokens.word();
            case "java.util.List<java.lang.Integer>" -> tokens.list("[", "]", () -> Math.toIntExact(tokens.integer()));
            case "java.util.List<java.lang.Long>" -> tokens.list("[", "]", tokens::integer);
            default -> typed(type);
        };
    }

    private Object typed(Type type) {
        if (type == Shape.class) {
            return tokens.shape();
        }
        if (type == ElementType.class) {
            return ElementType.parse(tokens.word());
        }
        throw tokens.failure("attributes of type %s have no text form", type.getTypeName());
    }
}
