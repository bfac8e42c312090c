package dev.weft.cli.profile;

import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Comparison;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Op;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.TensorType;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Inputs that an entry accepts, found in its graph: an integer that picks a row of a table, or is compared with its row numbers, is one
 * of its rows; other integers are 0 or 1. Floats are between 0 and 1, and numbers such as a learning rate a thousandth.
 */
public final class RandomInputs {

    private static final long OTHERWISE = 2;
    private static final double SCALAR = 1e-3;

    private final Graph graph;

    private RandomInputs(Graph graph) {
        this.graph = graph;
    }

    /** By name, without those in {@code given}. The same numbers for the same seed. */
    public static SequencedMap<String, Tensor> of(Program compiled, Entry entry, Set<String> given, long seed) {
        Graph graph = compiled.body(entry);
        RandomInputs inputs = new RandomInputs(graph);
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < entry.inputs().size(); i++) {
            Value parameter = graph.parameters().get(entry.reads().size() + i);
            if (!given.contains(entry.inputs().get(i))) {
                tensors.put(entry.inputs().get(i), inputs.tensor(parameter, random));
            }
        }
        return tensors;
    }

    private Tensor tensor(Value parameter, SplittableRandom random) {
        TensorType type = parameter.type();
        Tensor tensor = Tensor.zeros(type);
        boolean isFloat = type.element().isFloat();
        long limit = isFloat ? 0 : limit(parameter);
        for (int i = 0; i < tensor.size(); i++) {
            double number = type.rank() == 0 ? SCALAR : random.nextDouble();
            tensor.set(i, isFloat ? number : random.nextLong(limit));
        }
        return tensor.rounded();
    }

    /** How many values an integer may have: the fewest that anything asks for that it reaches unchanged. */
    private long limit(Value parameter) {
        Set<Value> same = Collections.newSetFromMap(new IdentityHashMap<>());
        same.add(parameter);
        long limit = Long.MAX_VALUE;
        for (Value value : graph.values()) {
            if (value.operands().stream().anyMatch(same::contains)) {
                if (value.op() instanceof Movement
                        || value.op() instanceof Cast
                        || value.op() instanceof StopGradient) {
                    same.add(value);
                }
                limit = Math.min(limit, limit(value.op(), same));
            }
        }
        return limit == Long.MAX_VALUE ? OTHERWISE : Math.max(1, limit);
    }

    private static long limit(Op op, Set<Value> same) {
        return switch (op) {
            case Gather gather
            when same.contains(gather.indices()) -> gather.table().type().size(0);
            case ScatterAdd scatter
            when same.contains(scatter.indices()) -> scatter.into().type().size(0);
            case DynamicSlice slice
            when same.contains(slice.start()) -> slice.x().type().size(slice.axis()) - slice.size() + 1;
            case DynamicUpdate update
            when same.contains(update.start()) ->
                update.x().type().size(update.axis()) - update.update().type().size(update.axis()) + 1;
            case Comparison comparison -> Math.min(numbers(comparison.x()), numbers(comparison.y()));
            default -> Long.MAX_VALUE;
        };
    }

    /** How many numbers an iota counts, however it is spread; no limit for anything else. */
    private static long numbers(Value value) {
        return switch (value.op()) {
            case Iota iota -> iota.shape().dim(iota.axis()).size();
            case Movement.Layout moved -> numbers(moved.x());
            case Cast cast -> numbers(cast.operands().getFirst());
            default -> Long.MAX_VALUE;
        };
    }
}
