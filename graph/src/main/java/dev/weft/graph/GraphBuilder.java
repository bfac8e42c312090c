package dev.weft.graph;

import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Builds one graph, interning: an op equal to one that is there gives the same value. One thread at a time. */
public final class GraphBuilder {

    /** More than any memory holds, and so few that a small multiple still fits into 64 bits. */
    private static final long MOST_ELEMENTS = 1L << 50;

    private final String name;
    private final Map<Op, Value> interned = new HashMap<>();
    private final List<Value> parameters = new ArrayList<>();
    private final Provenance provenance = new Provenance();
    private List<Origin> current = List.of();
    private final List<Value> values = new ArrayList<>();

    public GraphBuilder(String name) {
        this.name = name;
    }

    /** Values added from now on come from these origins. */
    public void at(List<Origin> origins) {
        current = List.copyOf(origins);
    }

    public void at(Origin origin) {
        current = List.of(origin);
    }

    /** The next parameter of the graph. */
    public Value parameter(String parameterName, TensorType type) {
        Value parameter = add(new Parameter(parameters.size(), parameterName, type));
        parameters.add(parameter);
        return parameter;
    }

    /** The value of this op; operands must be values of this builder. */
    public Value add(Op op) {
        Value known = interned.computeIfAbsent(op, this::fresh);
        provenance.add(known, current);
        return known;
    }

    /**
     * A value of its own, even where the graph has the same op already: one that is to be computed again. Schedules have such values,
     * programs have none.
     */
    public Value addAgain(Op op) {
        Value value = fresh(op);
        provenance.add(value, current);
        return value;
    }

    private Value fresh(Op op) {
        Value value = new Value(this, op, values.size());
        requirePossible(value.type());
        for (Value operand : value.operands()) {
            if (operand.owner() != this) {
                throw new DefectException("%s: operands must be values of graph %s, got one of graph %s"
                        .formatted(op.mnemonic(), name, operand.owner().name));
            }
        }
        values.add(value);
        return value;
    }

    /** Sizes that a user chose can make any product; from here on none of a tensor's overflows. */
    private static void requirePossible(TensorType type) {
        if (type.shape().elements() > MOST_ELEMENTS) {
            throw new UserException("%s: a tensor must have at most 2^%d elements, got %s; choose smaller sizes"
                    .formatted(
                            type,
                            Long.numberOfTrailingZeros(MOST_ELEMENTS),
                            type.shape().elements()));
        }
    }

    public Value constant(ElementType element, double value) {
        return add(new Constant(element, value));
    }

    /** A constant in every element of {@code type}. */
    public Value full(TensorType type, double value) {
        Value scalar = constant(type.element(), value);
        return type.rank() == 0 ? scalar : add(new Broadcast(scalar, type.shape(), List.of()));
    }

    /** Origins of a value of this builder. */
    public List<Origin> origins(Value value) {
        return provenance.of(value);
    }

    /** The graph of everything that the results need, and of all parameters. */
    public Graph build(List<Value> results) {
        for (Value result : results) {
            if (result.owner() != this) {
                throw new DefectException("graph %s: results must be its own values, got one of graph %s"
                        .formatted(name, result.owner().name));
            }
        }
        return new Graph(name, parameters, results, values, provenance);
    }
}
