package dev.weft.graph.verify;

import dev.weft.graph.Graph;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.type.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds for one function by itself: parameters are its parameters in order; operands are its own values and come before their
 * users; every op keeps its invariants and gives the type that its value has; no two values have equal ops.
 */
final class GraphChecks {

    private GraphChecks() {}

    static void check(Graph graph, List<String> problems) {
        parameters(graph, problems);
        Set<Value> defined = new HashSet<>();
        Map<Op, Value> known = new HashMap<>();
        int last = -1;
        for (Value value : graph.values()) {
            String subject = graph.name() + ": %" + value.id();
            if (value.id() <= last) {
                problems.add(subject + ": must come before %" + last);
            }
            last = value.id();
            for (Value operand : value.operands()) {
                if (!defined.contains(operand)) {
                    problems.add(subject + ": operand " + operand + " must be a value of this graph that comes before");
                }
            }
            defined.add(value);
            Value equal = known.putIfAbsent(value.op(), value);
            if (equal != null) {
                problems.add("%s: must be interned, has the op of %%%d".formatted(subject, equal.id()));
            }
            type(subject, value, problems);
        }
        for (Value result : graph.results()) {
            if (!defined.contains(result)) {
                problems.add("%s: result %s must be a value of this graph".formatted(graph.name(), result));
            }
        }
    }

    private static void parameters(Graph graph, List<String> problems) {
        for (int i = 0; i < graph.parameters().size(); i++) {
            if (!(graph.parameters().get(i).op() instanceof Parameter parameter) || parameter.index() != i) {
                problems.add("%s: parameter %d must be a parameter of that number, got %s"
                        .formatted(graph.name(), i, graph.parameters().get(i).op()));
            }
        }
        long among = graph.values().stream()
                .filter(value -> value.op() instanceof Parameter)
                .count();
        if (among != graph.parameters().size()) {
            problems.add("%s: must have %d parameters among its values, got %d"
                    .formatted(graph.name(), graph.parameters().size(), among));
        }
    }

    private static void type(String subject, Value value, List<String> problems) {
        try {
            TensorType derived = value.op().withOperands(value.operands()).type();
            if (!derived.equals(value.type())) {
                problems.add("%s: must be %s, is %s".formatted(subject, derived, value.type()));
            }
        } catch (UserException e) {
            problems.add(subject + ": " + e.getMessage());
        }
    }
}
