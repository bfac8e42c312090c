package dev.weft.models;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Abs;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Eq;
import dev.weft.graph.op.Ne;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.ReduceMax;
import dev.weft.graph.op.Select;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An entry compiled once more, without what it writes, and with one output: for every float value whether it holds an infinity (1)
 * or a NaN (2). The graph's order then tells which came first.
 */
final class NonFiniteProbe implements AutoCloseable {

    private static final float INFINITE = 1;
    private static final float NAN = 2;

    private final Readings flags;
    private final Entry entry;
    private final Graph graph;
    /** The float values of {@code graph}, in the order of the flags. */
    private final List<Value> watched;

    private NonFiniteProbe(Readings flags, Entry entry, Graph graph, List<Value> watched) {
        this.flags = flags;
        this.entry = entry;
        this.graph = graph;
        this.watched = watched;
    }

    /** A probe of an entry of {@code model}, on a copy of its stored tensors. */
    static NonFiniteProbe of(Weft weft, Model model, String name) {
        Program program = model.compilation().compiled();
        Entry entry = program.entry(name);
        Graph graph = program.body(entry);
        List<Value> watched = graph.values().stream()
                .filter(value ->
                        value.type().element().isFloat() && value.type().shape().elements() > 0)
                .toList();
        Readings flags = Readings.of(weft, model, name, rebuilder -> watched.stream()
                .map(value -> flag(rebuilder.builder(), rebuilder.get(value)))
                .toList());
        return new NonFiniteProbe(flags, entry, graph, watched);
    }

    /** {@code (1)}: 2 if there is a NaN in {@code value}, else 1 if there is an infinity, else 0. */
    private static Value flag(GraphBuilder builder, Value watched) {
        Value value =
                watched.type().element() == ElementType.F32 ? watched : builder.add(new Cast(watched, ElementType.F32));
        TensorType type = value.type();
        Value infinite = builder.add(new Eq(builder.add(new Abs(value)), builder.full(type, Double.POSITIVE_INFINITY)));
        Value infinity = builder.add(new Select(infinite, builder.full(type, INFINITE), builder.full(type, 0)));
        Value each = builder.add(new Select(builder.add(new Ne(value, value)), builder.full(type, NAN), infinity));
        List<Integer> axes = IntStream.range(0, type.rank()).boxed().toList();
        Value most = axes.isEmpty() ? each : builder.add(new ReduceMax(each, axes));
        return builder.add(new Broadcast(most, Shape.of(1), List.of()));
    }

    /** Runs the entry; the first value that is not finite, if there is one. */
    Optional<NonFinite> run(Map<String, Tensor> inputs) {
        float[] numbers = flags.run(inputs);
        Map<Value, Float> flag = new IdentityHashMap<>();
        for (int i = 0; i < numbers.length; i++) {
            flag.put(watched.get(i), numbers[i]);
        }
        return first(flag).map(value -> describe(value, flag.getOrDefault(value, 0f)));
    }

    /**
     * The first NaN; but where an infinity that came from finite numbers led to it, that one. An infinity that was written as one,
     * as in a mask, has an infinite operand and is not blamed.
     */
    private Optional<Value> first(Map<Value, Float> flag) {
        Optional<Value> nan =
                watched.stream().filter(value -> flag.get(value) == NAN).findFirst();
        Set<Value> suspects = nan.map(NonFiniteProbe::ancestors).orElse(Set.copyOf(watched));
        Optional<Value> overflow = watched.stream()
                .filter(suspects::contains)
                .filter(value -> flag.get(value) == INFINITE && isFirst(value, flag))
                .findFirst();
        return overflow.or(() -> nan);
    }

    private boolean isFirst(Value value, Map<Value, Float> flag) {
        if (value.op() instanceof Parameter parameter) {
            // An infinite input is meant: no limit to the norm of the gradient.
            return parameter.index() < entry.reads().size();
        }
        return !value.operands().isEmpty()
                && value.operands().stream().allMatch(operand -> flag.getOrDefault(operand, 0f) == 0);
    }

    private static Set<Value> ancestors(Value value) {
        Set<Value> seen = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(List.of(value));
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (seen.add(next)) {
                open.addAll(next.operands());
            }
        }
        return seen;
    }

    private NonFinite describe(Value value, float flag) {
        String what = flag == NAN ? "NaN" : "an infinity";
        if (value.op() instanceof Parameter parameter) {
            boolean stored = parameter.index() < entry.reads().size();
            String name = stored ? entry.reads().get(parameter.index()) : parameter.name();
            return new NonFinite(what, stored ? "stored tensor" : "input", name);
        }
        List<Origin> origins = graph.provenance().of(value);
        return new NonFinite(
                what,
                value.op().mnemonic(),
                origins.isEmpty() ? "" : origins.getFirst().toString());
    }

    @Override
    public void close() {
        flags.close();
    }
}
