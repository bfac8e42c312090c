package dev.weft.graph.rewrite;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a new graph from values of an old one. Values are taken over one by one, operands first; a value may be replaced by another
 * of the new graph, and whoever uses it then uses the replacement. Origins go along.
 */
public final class GraphRebuilder {

    private final Graph source;
    private final GraphBuilder builder;
    private final Map<Value, Value> taken = new IdentityHashMap<>();

    /** A rebuilder with the name and the parameters of {@code source}. */
    public GraphRebuilder(Graph source) {
        this(source, new GraphBuilder(source.name()));
        for (Value parameter : source.parameters()) {
            at(parameter);
            replace(parameter, builder.parameter(Graph.parameterName(parameter), parameter.type()));
        }
    }

    /** A rebuilder into a graph that is already being built; the parameters of {@code source} must be replaced by the caller. */
    public GraphRebuilder(Graph source, GraphBuilder builder) {
        this.source = source;
        this.builder = builder;
    }

    /** A copy of the graph in a fresh builder; what no result needs is left behind. */
    public static Graph copy(Graph graph) {
        return new GraphRebuilder(graph).takeAll().build();
    }

    /** The graph being built. */
    public GraphBuilder builder() {
        return builder;
    }

    /** Values that are added to the builder from now on have the origins of {@code old}. */
    public void at(Value old) {
        builder.at(origins(old));
    }

    /** The origins of a value of the old graph. */
    public List<Origin> origins(Value old) {
        return source.provenance().of(old);
    }

    /** Whether {@link #get} has an answer for this value of the old graph. */
    public boolean has(Value old) {
        return taken.containsKey(old);
    }

    /** What stands for a value of the old graph in the new one. */
    public Value get(Value old) {
        Value known = taken.get(old);
        if (known == null) {
            throw new DefectException("graph %s: %s is used before it was rebuilt".formatted(source.name(), old));
        }
        return known;
    }

    /** What stands for these values in the new graph. */
    public List<Value> get(List<Value> old) {
        List<Value> values = new ArrayList<>(old.size());
        for (Value value : old) {
            values.add(get(value));
        }
        return Collections.unmodifiableList(values);
    }

    /** From now on {@code replacement}, a value of the new graph, stands for {@code old}. */
    public void replace(Value old, Value replacement) {
        taken.put(old, replacement);
    }

    /** The op of {@code old} on what stands for its operands. */
    public Op op(Value old) {
        return old.operands().isEmpty() ? old.op() : old.op().withOperands(get(old.operands()));
    }

    /** Takes over one value unless that was done before; its operands must have been. */
    public Value take(Value old) {
        Value known = taken.get(old);
        if (known != null) {
            return known;
        }
        if (old.op() instanceof Parameter parameter) {
            throw new DefectException("graph %s: parameter %d (%s) must be replaced before the values that use it"
                    .formatted(source.name(), parameter.index(), parameter.name()));
        }
        at(old);
        Value copy = builder.add(op(old));
        replace(old, copy);
        return copy;
    }

    /** Takes over every value that has no replacement yet. */
    public GraphRebuilder takeAll() {
        source.values().forEach(this::take);
        return this;
    }

    /** The new graph, with what stands for the results of the old one. */
    public Graph build() {
        return builder.build(get(source.results()));
    }
}
