package dev.weft.graph.interpret;

import dev.weft.graph.DefectException;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.op.Random;
import dev.weft.graph.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates graphs and entries of a program, value by value in order of id. Holds no state between evaluations. */
public final class Interpreter {

    /** How results are rounded. */
    public enum Mode {
        /** Floats stay f64 throughout. */
        EXACT,
        /** Rounded to the element type after each op. */
        TYPED
    }

    private record CallKey(String function, List<Value> arguments, String path) {}

    private final Program program;
    private final Mode mode;

    public Interpreter(Program program, Mode mode) {
        this.program = program;
        this.mode = mode;
    }

    /** For a graph without calls. */
    public static List<Tensor> evaluate(Graph graph, List<Tensor> arguments, Mode mode) {
        return new Interpreter(new Program(List.of(), List.of(graph), List.of()), mode)
                .evaluate(graph.name(), arguments);
    }

    /** The results of a function. */
    public List<Tensor> evaluate(String function, List<Tensor> arguments) {
        return evaluate(program.function(function), arguments, "");
    }

    /**
     * Runs an entry.
     *
     * @param stored the stored tensors by name; those that the entry writes are replaced
     * @return the outputs by name
     */
    public Map<String, Tensor> run(String entryName, Map<String, Tensor> stored, Map<String, Tensor> inputs) {
        Entry entry = program.entry(entryName);
        List<Tensor> arguments = new ArrayList<>();
        entry.reads().forEach(name -> arguments.add(require(entry, "stored tensor", name, stored)));
        entry.inputs().forEach(name -> arguments.add(require(entry, "input", name, inputs)));
        List<Tensor> results = evaluate(entry.function(), arguments);
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        int next = 0;
        for (String output : entry.outputs()) {
            outputs.put(output, results.get(next++));
        }
        for (String written : entry.writes()) {
            stored.put(written, results.get(next++));
        }
        return outputs;
    }

    private static Tensor require(Entry entry, String what, String name, Map<String, Tensor> among) {
        Tensor tensor = among.get(name);
        if (tensor == null) {
            throw new UserException("entry %s: %s %s must be given".formatted(entry.name(), what, name));
        }
        return tensor;
    }

    private List<Tensor> evaluate(Graph graph, List<Tensor> arguments, String path) {
        Map<Value, Tensor> known = new IdentityHashMap<>();
        Map<CallKey, List<Tensor>> calls = new HashMap<>();
        bind(graph, arguments, known);
        Map<Value, Integer> remaining = uses(graph);
        for (Value value : graph.values()) {
            if (!known.containsKey(value)) {
                known.put(value, evaluate(value, known, calls, path));
            }
            release(value, known, remaining);
        }
        return graph.results().stream().map(known::get).toList();
    }

    private static void bind(Graph graph, List<Tensor> arguments, Map<Value, Tensor> known) {
        if (arguments.size() != graph.parameters().size()) {
            throw new UserException("%s: must have %d arguments, got %d"
                    .formatted(graph.name(), graph.parameters().size(), arguments.size()));
        }
        for (int i = 0; i < arguments.size(); i++) {
            Value parameter = graph.parameters().get(i);
            if (!parameter.type().equals(arguments.get(i).type())) {
                throw new UserException("%s: argument %s must be %s, got %s"
                        .formatted(
                                graph.name(),
                                Graph.parameterName(parameter),
                                parameter.type(),
                                arguments.get(i).type()));
            }
            known.put(parameter, arguments.get(i));
        }
    }

    /** How often each value is still needed; results once more, so that they stay. */
    private static Map<Value, Integer> uses(Graph graph) {
        Map<Value, Integer> uses = new IdentityHashMap<>();
        for (Value value : graph.values()) {
            value.operands().forEach(operand -> uses.merge(operand, 1, Integer::sum));
        }
        graph.results().forEach(result -> uses.merge(result, 1, Integer::sum));
        return uses;
    }

    private static void release(Value value, Map<Value, Tensor> known, Map<Value, Integer> remaining) {
        for (Value operand : value.operands()) {
            if (remaining.merge(operand, -1, Integer::sum) == 0) {
                known.remove(operand);
            }
        }
    }

    private Tensor evaluate(Value value, Map<Value, Tensor> known, Map<CallKey, List<Tensor>> calls, String path) {
        List<Tensor> operands = value.operands().stream().map(known::get).toList();
        return switch (value.op()) {
            case Random random -> round(random.inside(path).evaluate(operands));
            case Primitive primitive -> round(primitive.evaluate(operands));
            case Call call -> {
                CallKey key = new CallKey(call.function(), call.arguments(), call.path());
                List<Tensor> results = calls.get(key);
                if (results == null) {
                    results = evaluate(program.function(call.function()), operands, Call.nest(path, call.path()));
                    calls.put(key, results);
                }
                yield results.get(call.result());
            }
            case Grad grad -> throw new DefectException("grad @" + grad.function() + ": must be differentiated first");
        };
    }

    private Tensor round(Tensor result) {
        boolean asIs = mode == Mode.EXACT && result.type().element().isFloat();
        return asIs ? result : result.rounded();
    }
}
