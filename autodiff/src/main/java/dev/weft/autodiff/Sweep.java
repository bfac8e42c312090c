package dev.weft.autodiff;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.rewrite.GraphRebuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reverse accumulation: walks the values of a flat function from the last to the first, and adds up for each one what its users'
 * rows give it. Order of id is a topological order, so a value is reached after all its users, without recursion.
 */
final class Sweep {

    private final Graph primal;
    private final GraphRebuilder copy;
    private final GraphBuilder builder;
    private final DerivativeTable table;
    private final Set<Value> active = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Value> gradients = new IdentityHashMap<>();

    private Sweep(Graph primal, String name, Function<GraphBuilder, DerivativeTable> table) {
        this.primal = primal;
        this.builder = new GraphBuilder(name);
        this.copy = new GraphRebuilder(primal, builder);
        this.table = table.apply(builder);
    }

    /**
     * A function of the same parameters with the results of {@code primal} and then, for each parameter numbered in {@code wrt}, the
     * gradient of the first result by it.
     *
     * @param primal without calls; its first result is a float scalar
     */
    static Graph gradient(Graph primal, List<Integer> wrt, String name, Function<GraphBuilder, DerivativeTable> table) {
        return new Sweep(primal, name, table).run(wrt);
    }

    private Graph run(List<Integer> wrt) {
        for (Value parameter : primal.parameters()) {
            copy.at(parameter);
            copy.replace(parameter, builder.parameter(Graph.parameterName(parameter), parameter.type()));
        }
        copy.takeAll();
        markActive(wrt);
        Value loss = primal.results().getFirst();
        copy.at(loss);
        gradients.put(copy.get(loss), builder.full(loss.type(), 1));
        primal.values().reversed().forEach(this::pull);

        List<Value> results = new ArrayList<>(copy.get(primal.results()));
        for (int argument : wrt) {
            Value old = primal.parameters().get(argument);
            Value parameter = copy.get(old);
            copy.at(old);
            Value gradient = gradients.get(parameter);
            results.add(gradient == null ? builder.full(parameter.type(), 0) : gradient);
        }
        return builder.build(results);
    }

    /** Active is what is a float and depends on what we differentiate by; nothing else needs a gradient. */
    private void markActive(List<Integer> wrt) {
        wrt.forEach(argument -> active.add(copy.get(primal.parameters().get(argument))));
        for (Value old : primal.values()) {
            Value value = copy.get(old);
            if (value.type().element().isFloat() && value.operands().stream().anyMatch(active::contains)) {
                active.add(value);
            }
        }
    }

    private void pull(Value old) {
        Value value = copy.get(old);
        Value gradient = gradients.get(value);
        if (gradient == null || !active.contains(value)) {
            return;
        }
        copy.at(old);
        for (DerivativeTable.Term term : table.terms((Primitive) value.op(), value, gradient)) {
            if (active.contains(term.operand())) {
                accumulate(value, term);
            }
        }
    }

    private void accumulate(Value value, DerivativeTable.Term term) {
        if (!term.gradient().type().equals(term.operand().type())) {
            throw new DefectException("derivative of %s: the gradient by an operand must be %s, got %s"
                    .formatted(
                            value.op().mnemonic(),
                            term.operand().type(),
                            term.gradient().type()));
        }
        gradients.merge(term.operand(), term.gradient(), (sum, more) -> builder.add(new Add(sum, more)));
    }
}
