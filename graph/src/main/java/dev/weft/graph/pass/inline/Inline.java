package dev.weft.graph.pass.inline;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Call;
import dev.weft.graph.op.Grad;
import dev.weft.graph.op.Op;
import dev.weft.graph.pass.Pass;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Replaces every {@link Call} by the values of its function, once for each distinct function, arguments and path. Streams of random
 * ops, paths of calls and origins inside get the call's path before their own, so equal layers draw different numbers. Functions that
 * only calls used to reach are dropped; those that a {@link Grad} refers to stay, flat like the entries.
 */
public final class Inline implements Pass {

    @Override
    public String name() {
        return "inline";
    }

    @Override
    public String summary() {
        return "replaces calls by the functions they call";
    }

    @Override
    public Set<Class<? extends Op>> removes() {
        return Set.of(Call.class);
    }

    @Override
    public Program apply(Program program) {
        Map<String, Graph> flat = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>();
        program.entries().stream().map(Entry::function).forEach(open::add);
        while (!open.isEmpty()) {
            String name = open.remove();
            if (!flat.containsKey(name)) {
                Graph graph = inline(program.function(name), program::function);
                flat.put(name, graph);
                for (Value value : graph.values()) {
                    if (value.op() instanceof Grad grad) {
                        open.add(grad.function());
                    }
                }
            }
        }
        return program.withFunctions(flat.values());
    }

    /**
     * The graph without calls.
     *
     * @param functions the function of a name; fails with a sentence when there is none
     */
    public static Graph inline(Graph graph, Function<String, Graph> functions) {
        return new Inliner(graph, functions).run();
    }
}
