package dev.weft.backend.testkit;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** The values of a graph that is being generated, with what is known about each: how large it may be, and whether it is exact. */
final class GraphPool {

    /** Values that may grow beyond this are not kept. */
    private static final double LARGEST = 1000;

    private static final long MOST_ELEMENTS = 4096;

    private final GraphBuilder builder;
    private final ElementType element;
    private final SplittableRandom random;
    private final Set<Value> values = new LinkedHashSet<>();
    private final List<Value> floats = new ArrayList<>();
    private final Map<Value, Double> bounds = new IdentityHashMap<>();
    private final Set<Value> exact = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Tensor> inputs = new ArrayList<>();

    GraphPool(String name, ElementType element, SplittableRandom random) {
        this.builder = new GraphBuilder(name);
        this.element = element;
        this.random = random;
    }

    SplittableRandom random() {
        return random;
    }

    ElementType element() {
        return element;
    }

    List<Tensor> inputs() {
        return inputs;
    }

    List<Value> values() {
        return List.copyOf(values);
    }

    int size() {
        return values.size();
    }

    Graph build(List<Value> results) {
        return builder.build(results);
    }

    /** A new parameter, and what it holds. Floats become operands of later ops. */
    Value parameter(TensorType type, Values content) {
        Value parameter = builder.parameter("x" + inputs.size(), type);
        Tensor input = content.tensor(type, random);
        inputs.add(input);
        if (type.element() == element) {
            double bound = 0;
            for (int i = 0; i < input.size(); i++) {
                bound = Math.max(bound, Math.abs(input.get(i)));
            }
            keep(parameter, bound);
        }
        exact.add(parameter);
        return parameter;
    }

    /** The value of an op that is only a step on the way. */
    Value make(Op op) {
        Value value = builder.add(op);
        values.add(value);
        return value;
    }

    Value full(TensorType type, double value) {
        return builder.full(type, value);
    }

    /** Offers a value to later ops, unless it may be too large or has too many elements. */
    void keep(Value value, double bound) {
        boolean usable = bound <= LARGEST
                && value.type().shape().elements() <= MOST_ELEMENTS
                && value.type().element() == element;
        if (usable && bounds.put(value, bound) == null) {
            floats.add(value);
        }
    }

    /** As {@link #keep}, for an op on exact values whose result is exact. */
    Value keepExact(Op op, double bound) {
        Value value = make(op);
        exact.add(value);
        keep(value, bound);
        return value;
    }

    /** Offers what an op makes of x by moving elements: as large and as exact as x. */
    void keepMoved(Value x, Op op) {
        Value value = make(op);
        if (exact.contains(x)) {
            exact.add(value);
        }
        keep(value, bound(x));
    }

    /** The largest magnitude that the value may have. */
    double bound(Value value) {
        return bounds.getOrDefault(value, LARGEST);
    }

    /** A random float value, recent ones more often, so that graphs grow deep. */
    Value pick() {
        int back = Math.min(random.nextInt(floats.size()), random.nextInt(floats.size()));
        return floats.get(floats.size() - 1 - back);
    }

    /** A random float value of which something holds. */
    Optional<Value> pick(Predicate<Value> wanted) {
        List<Value> found = floats.stream().filter(wanted).toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(random.nextInt(found.size())));
    }

    /** A value of x's type, perhaps x. */
    Value like(Value x) {
        return pick(value -> value.type().equals(x.type())).orElse(x);
    }

    /** A random float value that no rounding touched. */
    Value pickExact() {
        return pick(exact::contains).orElseThrow();
    }

    /** An exact value of x's type, perhaps x. */
    Value exactLike(Value x) {
        return pick(value -> exact.contains(value) && value.type().equals(x.type()))
                .orElse(x);
    }

    /** A random axis of x. */
    int axis(Value x) {
        return random.nextInt(x.type().rank());
    }

    /** Some axes of x, in order, at least one. */
    List<Integer> axes(Value x) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < x.type().rank(); axis++) {
            if (random.nextBoolean()) {
                axes.add(axis);
            }
        }
        return axes.isEmpty() ? List.of(axis(x)) : axes;
    }
}
