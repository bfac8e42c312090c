package dev.weft.graph;

import dev.weft.graph.op.Parameter;
import dev.weft.graph.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A function of tensors: parameters, results, and the values between them. Immutable; a pass makes another one. */
public final class Graph {

    private final String name;
    private final List<Value> parameters;
    private final List<Value> results;
    private final List<Value> values;
    private final Provenance provenance;

    Graph(String name, List<Value> parameters, List<Value> results, Provenance provenance) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
        this.results = List.copyOf(results);
        this.provenance = provenance;
        this.values = reachable();
    }

    public String name() {
        return name;
    }

    public List<Value> parameters() {
        return parameters;
    }

    /** The name that parameter {@code value} was given. */
    public static String parameterName(Value value) {
        return ((Parameter) value.op()).name();
    }

    public List<Value> results() {
        return results;
    }

    /** All parameters and every value that a result needs; operands before users. */
    public List<Value> values() {
        return values;
    }

    public Provenance provenance() {
        return provenance;
    }

    public List<TensorType> resultTypes() {
        return results.stream().map(Value::type).toList();
    }

    /** For each value, the values that have it as an operand, in order and once each. */
    public Map<Value, List<Value>> users() {
        Map<Value, List<Value>> users = new IdentityHashMap<>();
        values.forEach(value -> users.put(value, new ArrayList<>(2)));
        for (Value value : values) {
            for (Value operand : Set.copyOf(value.operands())) {
                users.get(operand).add(value);
            }
        }
        return users;
    }

    private List<Value> reachable() {
        Set<Value> seen = new HashSet<>(parameters);
        Deque<Value> open = new ArrayDeque<>(results);
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (seen.add(value)) {
                open.addAll(value.operands());
            }
        }
        return seen.stream().sorted(Comparator.comparingInt(Value::id)).toList();
    }
}
