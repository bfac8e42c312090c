package dev.weft.graph.rewrite;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies rules until none fires. Values are visited operands first; whatever a rule makes is visited in its turn, on a stack of its
 * own, so the result is a normal form and a long chain costs no Java stack. The rules must be convergent: a set that goes in circles
 * is found by counting.
 */
public final class Rewriter {

    /** Firings for each value of the graph, on average, after which rules are taken to go in circles. */
    private static final int FIRINGS = 200;

    private final List<Rule<?>> rules;
    private final Map<Class<?>, List<Rule<?>>> byRoot = new HashMap<>();

    public Rewriter(List<? extends Rule<?>> rules) {
        this.rules = List.copyOf(rules);
    }

    /** The graph in normal form. One thread at a time. */
    public Graph rewrite(Graph graph) {
        return new Run(graph).run();
    }

    private List<Rule<?>> rulesFor(Op op) {
        return byRoot.computeIfAbsent(op.getClass(), type -> rules.stream()
                .filter(rule -> rule.root().isAssignableFrom(type))
                .toList());
    }

    private static <O extends Op> @Nullable Value fire(Rule<O> rule, Value value, Rewriting to) {
        Value made = rule.rewrite(rule.root().cast(value.op()), value, to);
        if (made == null || made == value) {
            return null;
        }
        if (!made.type().equals(value.type())) {
            throw new DefectException(
                    "rule %s: must keep the type %s, gave %s".formatted(rule.name(), value.type(), made.type()));
        }
        return made;
    }

    /** One graph being rewritten. */
    private final class Run implements Rewriting {

        private final Graph source;
        private final GraphRebuilder rebuilder;
        private final GraphBuilder builder;
        /** Values of the new graph → what stands for them in the end; a value in normal form stands for itself. */
        private final Map<Value, Value> normal = new IdentityHashMap<>();

        private final Map<Value, Integer> uses = new IdentityHashMap<>();
        private final Map<Value, List<Value>> users;
        private long firings;
        private @Nullable Rule<?> lastFired;

        Run(Graph source) {
            this.source = source;
            this.rebuilder = new GraphRebuilder(source);
            this.builder = rebuilder.builder();
            this.users = source.users();
        }

        Graph run() {
            Map<Value, Integer> asResult = new IdentityHashMap<>();
            source.results().forEach(result -> asResult.merge(result, 1, Integer::sum));
            for (Value old : source.values()) {
                Value result = normalize(rebuilder.take(old));
                rebuilder.replace(old, result);
                uses.merge(result, users.get(old).size() + asResult.getOrDefault(old, 0), Integer::sum);
            }
            return rebuilder.build();
        }

        private Value normalize(Value start) {
            Deque<Value> open = new ArrayDeque<>();
            Map<Value, Value> becomes = new IdentityHashMap<>();
            open.push(start);
            while (!open.isEmpty()) {
                Value value = open.peek();
                Value next = becomes.get(value);
                if (normal.containsKey(value)) {
                    open.pop();
                } else if (next != null && normal.containsKey(next)) {
                    normal.put(value, normal.get(next));
                    open.pop();
                } else if (next != null) {
                    visit(next, open, becomes);
                } else if (operandsNormal(value, open, becomes)) {
                    Value made = step(value);
                    if (made == null) {
                        normal.put(value, value);
                    } else {
                        becomes.put(value, made);
                    }
                }
            }
            return normal.get(start);
        }

        /** Whether all operands are done; otherwise those that are not go on the stack. */
        private boolean operandsNormal(Value value, Deque<Value> open, Map<Value, Value> becomes) {
            boolean all = true;
            for (Value operand : value.operands()) {
                if (!normal.containsKey(operand)) {
                    visit(operand, open, becomes);
                    all = false;
                }
            }
            return all;
        }

        /** Puts a value on the stack; one that waits there for its own replacement is being replaced by itself. */
        private void visit(Value value, Deque<Value> open, Map<Value, Value> becomes) {
            if (becomes.containsKey(value)) {
                throw circle();
            }
            open.push(value);
        }

        /** The value one rewrite further; null if there is none. */
        private @Nullable Value step(Value value) {
            List<Value> operands = new ArrayList<>(value.operands().size());
            value.operands().forEach(operand -> operands.add(normal.get(operand)));
            if (!operands.equals(value.operands())) {
                return builder.add(value.op().withOperands(operands));
            }
            for (Rule<?> rule : rulesFor(value.op())) {
                Value made = fire(rule, value, this);
                if (made != null) {
                    count(rule);
                    return made;
                }
            }
            return null;
        }

        private void count(Rule<?> rule) {
            lastFired = rule;
            if (++firings > FIRINGS * (source.values().size() + 10L)) {
                throw circle();
            }
        }

        private DefectException circle() {
            String last = lastFired == null ? "none" : lastFired.name();
            return new DefectException("graph %s: rules go in circles, %s fired last".formatted(source.name(), last));
        }

        @Override
        public Value add(Op op) {
            return builder.add(op);
        }

        @Override
        public Value constant(ElementType element, double value) {
            return builder.constant(element, value);
        }

        @Override
        public Value full(TensorType type, double value) {
            return builder.full(type, value);
        }

        @Override
        public boolean usedOnce(Value value) {
            return uses.getOrDefault(value, 1) <= 1;
        }
    }
}
