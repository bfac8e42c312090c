package dev.weft.backend.testkit;

import dev.weft.backend.testkit.GraphRecipes.Recipe;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Primitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Recipes for ops that nobody wrote one for: their samples, as they are. So a new op comes up in random graphs by itself. */
final class SampledRecipes {

    /** What needs no recipe because it is a part of others, or not for random graphs. */
    private static final Set<String> PARTS = Set.of(
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "and",
            "or",
            "xor",
            "not",
            "parameter",
            "constant",
            "random",
            "call",
            "grad");

    private SampledRecipes() {}

    /** The table, and a recipe for every op that it does not have. */
    static List<Recipe> withAllOps(List<Recipe> table) {
        Set<String> known = table.stream().map(Recipe::name).collect(Collectors.toCollection(HashSet::new));
        known.addAll(PARTS);
        List<Recipe> recipes = new ArrayList<>(table);
        OpSamples.mnemonics().stream()
                .filter(mnemonic -> !known.contains(mnemonic))
                .sorted()
                .forEach(mnemonic -> recipes.add(new Recipe(mnemonic, true, p -> step(p, mnemonic))));
        return List.copyOf(recipes);
    }

    /** A sample on parameters of its own, whose values are where the op is known to be differentiable. */
    private static void step(GraphPool p, String mnemonic) {
        if (!OpSamples.elements(mnemonic).contains(p.element())) {
            return;
        }
        List<OpSample> samples =
                OpSamples.of(
                                mnemonic,
                                p.element(),
                                GraphRecipes.size(p),
                                p.random().nextLong())
                        .stream()
                        .filter(sample -> sample.kind() == OpSample.Kind.SMOOTH)
                        .toList();
        OpSample sample = samples.get(p.random().nextInt(samples.size()));
        Op op = sample.graph().results().getFirst().op();
        if (op instanceof Primitive primitive) {
            List<Integer> indices = primitive.operands().stream()
                    .map(operand -> ((Parameter) operand.op()).index())
                    .toList();
            List<Value> parameters = sample.inputs().stream()
                    .map(input -> p.parameter(input.type(), Values.of(input)))
                    .toList();
            List<Value> operands = indices.stream().map(parameters::get).toList();
            double[] results = primitive
                    .evaluate(indices.stream().map(sample.inputs()::get).toList())
                    .toArray();
            p.keep(
                    p.make(primitive.withOperands(operands)),
                    Arrays.stream(results).map(Math::abs).max().orElse(0));
        }
    }
}
