package dev.weft.graph;

import dev.weft.graph.op.Parameter;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A function of tensors: parameters, results, and the values between them. Immutable; a pass makes another one. */
public final class Graph {

    private final String name;
    private final List<Value> parameters;
    private final List<Value> results;
    private final List<Value> values;
    private final Provenance provenance;

    /** @param made parameters, results and all between them, and others; each at the place of its id */
    Graph(String name, List<Value> parameters, List<Value> results, List<Value> made, Provenance provenance) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
        this.results = List.copyOf(results);
        this.provenance = provenance;
        this.values = reachable(made);
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
            for (Value operand : value.operands()) {
                List<Value> known = users.get(operand);
                if (known.isEmpty() || known.getLast() != value) {
                    known.add(value);
                }
            }
        }
        return users;
    }

    /** Operands have smaller ids than who uses them, so once from the last to the first is enough. */
    private List<Value> reachable(List<Value> made) {
        BitSet needed = new BitSet(made.size());
        parameters.forEach(parameter -> needed.set(parameter.id()));
        results.forEach(result -> needed.set(result.id()));
        for (int id = needed.length() - 1; id >= 0; id = needed.previousSetBit(id - 1)) {
            for (Value operand : made.get(id).operands()) {
                needed.set(operand.id());
            }
        }
        List<Value> values = new ArrayList<>(needed.cardinality());
        for (int id = needed.nextSetBit(0); id >= 0; id = needed.nextSetBit(id + 1)) {
            values.add(made.get(id));
        }
        return Collections.unmodifiableList(values);
    }
}
