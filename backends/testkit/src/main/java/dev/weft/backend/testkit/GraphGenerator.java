package dev.weft.backend.testkit;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Makes random graphs over the whole op set: the same seed, the same graph. They are built from {@link GraphRecipes} so that they are
 * well conditioned: no value is large, and ops that jump (floor, comparisons, arg_max) see only values that no rounding touched, so
 * two correct ways to run a graph agree closely.
 */
public final class GraphGenerator {

    /**
     * A program whose entry {@value OpSample#ENTRY} returns every value that no other one uses, and inputs for it.
     *
     * @param seed what it was generated from
     */
    public record Generated(long seed, Program program, List<Tensor> inputs) {

        public Generated {
            inputs = List.copyOf(inputs);
        }

        /** The function of the entry. */
        public Graph graph() {
            return program.function(OpSample.ENTRY);
        }

        @Override
        public String toString() {
            return "generated graph, seed " + seed;
        }
    }

    /** Which graphs are wanted. */
    public enum Kind {
        /** All ops. */
        ANY,
        /** Only what is differentiable everywhere near the inputs, so that finite differences see the gradient. */
        SMOOTH
    }

    private GraphGenerator() {}

    /**
     * A random graph of at least {@code ops} ops.
     *
     * @param element the float type that it computes in
     */
    public static Generated generate(long seed, int ops, ElementType element, Kind kind) {
        GraphPool pool = new GraphPool(OpSample.ENTRY, element, new SplittableRandom(seed));
        GraphRecipes.begin(pool);
        List<GraphRecipes.Recipe> recipes = SampledRecipes.withAllOps(GraphRecipes.TABLE).stream()
                .filter(recipe -> kind == Kind.ANY || recipe.smooth())
                .toList();
        while (pool.size() < ops) {
            recipes.get(pool.random().nextInt(recipes.size())).step().accept(pool);
        }
        Graph graph = pool.build(unused(pool.values()));
        List<String> inputs =
                graph.parameters().stream().map(Graph::parameterName).toList();
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < graph.results().size(); i++) {
            outputs.add("y" + i);
        }
        Entry entry = new Entry(OpSample.ENTRY, OpSample.ENTRY, List.of(), inputs, outputs, List.of());
        return new Generated(seed, new Program(List.of(), List.of(graph), List.of(entry)), pool.inputs());
    }

    private static List<Value> unused(List<Value> values) {
        Set<Value> used = Collections.newSetFromMap(new IdentityHashMap<>());
        values.forEach(value -> used.addAll(value.operands()));
        return values.stream().filter(value -> !used.contains(value)).toList();
    }
}
