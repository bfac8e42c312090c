package dev.weft.dsl.lower;

import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a call of a compiled function gives, in values of the caller. */
final class Results {

    /** Makes the value of one result. */
    interface Result {
        Value of(int index, TensorType type);
    }

    private final Trace trace;
    private final Compiled compiled;
    private final List<Value> arguments;
    private final Result result;
    private int next;

    Results(Trace trace, Compiled compiled, List<Value> arguments, Result result) {
        this.trace = trace;
        this.compiled = compiled;
        this.arguments = arguments;
        this.result = result;
    }

    /** Ends a function: its results are the tensors of its value, then what it wrote. */
    static Compiled compiled(Session session, Trace trace, @Nullable Instance self, int parameters, Val value) {
        List<Value> results = new ArrayList<>();
        tensors(value, results);
        int values = results.size();
        List<Leaf> writes = new ArrayList<>(trace.written().keySet());
        results.addAll(trace.written().values());
        var graph = trace.builder().build(results);
        session.add(graph);
        return new Compiled(graph.name(), self, parameters, trace.needs(), value, values, results, writes);
    }

    /** All tensors of a value in order. */
    static void tensors(Val value, List<Value> into) {
        switch (value) {
            case Val.Tensor(Value tensor, String _) -> into.add(tensor);
            case Val.Tuple(List<Val> items) -> items.forEach(item -> tensors(item, into));
            case Val.Tree(Map<String, Val> leaves) -> leaves.values().forEach(leaf -> tensors(leaf, into));
            default -> {}
        }
    }

    /** Writes what the function wrote to the caller's storage. */
    void write(UnaryOperator<Leaf> mapped) {
        for (int i = 0; i < compiled.writes().size(); i++) {
            trace.write(mapped.apply(compiled.writes().get(i)), value(compiled.values() + i));
        }
    }

    Val value() {
        next = 0;
        return value(compiled.value());
    }

    private Val value(Val template) {
        return switch (template) {
            case Val.Tensor(Value _, String path) -> new Val.Tensor(value(next++), path);
            case Val.Tuple(List<Val> items) ->
                new Val.Tuple(items.stream().map(this::value).toList());
            case Val.Tree(Map<String, Val> leaves) -> {
                Map<String, Val> values = new LinkedHashMap<>();
                leaves.forEach((path, leaf) -> values.put(path, value(leaf)));
                yield new Val.Tree(values);
            }
            default -> template;
        };
    }

    /** One result; a constant or an argument that comes back needs no call. */
    private Value value(int index) {
        Value inside = compiled.results().get(index);
        return switch (inside.op()) {
            case Constant constant -> trace.add(constant);
            case Parameter parameter -> arguments.get(parameter.index());
            default -> result.of(index, inside.type());
        };
    }
}
