package dev.weft.backend.testkit;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.rewrite.GraphRebuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Programs made of graphs for a check. */
public final class Programs {

    private Programs() {}

    /** A graph as entry {@code run}, with inputs named like its parameters and outputs {@code y0}, {@code y1}, … */
    public static Program run(Graph graph) {
        return new Program(List.of(), List.of(graph), List.of(entry("run", graph)));
    }

    private static Entry entry(String name, Graph function) {
        return new Entry(
                name,
                function.name(),
                List.of(),
                function.parameters().stream().map(Graph::parameterName).toList(),
                IntStream.range(0, function.results().size())
                        .mapToObj(result -> "y" + result)
                        .toList(),
                List.of());
    }

    /** Graph i as entry {@code e<i>}, with inputs named like its parameters and outputs {@code y0}, {@code y1}, … */
    static Program of(List<Graph> graphs) {
        List<Graph> functions = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < graphs.size(); i++) {
            Graph function = renamed(graphs.get(i), entry(i));
            functions.add(function);
            entries.add(entry(entry(i), function));
        }
        return new Program(List.of(), functions, entries);
    }

    /** The name of entry i. */
    static String entry(int i) {
        return "e" + i;
    }

    private static Graph renamed(Graph graph, String name) {
        GraphBuilder builder = new GraphBuilder(name);
        GraphRebuilder copy = new GraphRebuilder(graph, builder);
        graph.parameters()
                .forEach(value -> copy.replace(value, builder.parameter(Graph.parameterName(value), value.type())));
        return copy.takeAll().build();
    }

    /** The same graph with every value as a result, so that nothing can stay inside a fused kernel. */
    static Graph unfused(Graph graph) {
        GraphRebuilder copy = new GraphRebuilder(graph).takeAll();
        List<Value> computed = graph.values().stream()
                .filter(value -> !(value.op() instanceof Parameter))
                .toList();
        return copy.builder().build(copy.get(computed));
    }
}
