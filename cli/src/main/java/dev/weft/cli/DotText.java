package dev.weft.cli;

import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.text.ProgramPrinter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A schedule as text for Graphviz: a box around each region, a node for each value, an edge from what is read to who reads it. A value
 * that several regions compute stands in the first of them; constants are left out.
 */
final class DotText {

    private final Graph graph;
    private final Map<Value, Integer> numbers;
    private final Set<Value> drawn = Collections.newSetFromMap(new IdentityHashMap<>());
    private final StringBuilder out = new StringBuilder();

    private DotText(Graph graph) {
        this.graph = graph;
        this.numbers = ProgramPrinter.numbers(graph);
    }

    static String of(Schedule schedule) {
        return new DotText(schedule.graph()).text(schedule);
    }

    private String text(Schedule schedule) {
        out.append("digraph ").append(quoted(graph.name())).append(" {\n");
        out.append("  node [shape=box, fontname=\"monospace\"];\n");
        for (Value parameter : graph.parameters()) {
            node("  ", parameter, Graph.parameterName(parameter), "style=rounded");
        }
        List<Region> regions = schedule.regions();
        for (int i = 0; i < regions.size(); i++) {
            out.append("  subgraph cluster_").append(i).append(" {\n");
            out.append("    label=")
                    .append(quoted("region " + i + ": " + regions.get(i).kind()))
                    .append(";\n");
            for (Value value : regions.get(i).values()) {
                if (!(value.op() instanceof Constant) && !drawn.contains(value)) {
                    String shape = regions.get(i).outputs().contains(value) ? "style=bold" : "";
                    node("    ", value, value.op().mnemonic(), shape);
                }
            }
            out.append("  }\n");
        }
        for (Value value : graph.values()) {
            // Whatever no region computes, such as a parameter's reshape.
            if (!(value.op() instanceof Constant) && !drawn.contains(value)) {
                node("  ", value, value.op().mnemonic(), "");
            }
        }
        graph.values().forEach(this::edges);
        for (int i = 0; i < graph.results().size(); i++) {
            out.append("  r%d [label=%s, shape=plaintext];%n".formatted(i, quoted("result " + i)));
            if (drawn.contains(graph.results().get(i))) {
                out.append(
                        "  v%d -> r%d;%n".formatted(numbers.get(graph.results().get(i)), i));
            }
        }
        return out.append("}\n").toString();
    }

    private void node(String indent, Value value, String name, String style) {
        drawn.add(value);
        List<Origin> origins = graph.provenance().of(value);
        String where = value.op() instanceof Parameter || origins.isEmpty() ? "" : "\n" + origins.getFirst();
        String label = "%" + numbers.get(value) + " " + name + "\n" + ProgramPrinter.type(value.type()) + where;
        out.append("%sv%d [label=%s%s];%n"
                .formatted(indent, numbers.get(value), quoted(label), style.isEmpty() ? "" : ", " + style));
    }

    private void edges(Value value) {
        for (Value operand : value.operands()) {
            if (drawn.contains(operand)) {
                out.append("  v%d -> v%d;%n".formatted(numbers.get(operand), numbers.get(value)));
            }
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
