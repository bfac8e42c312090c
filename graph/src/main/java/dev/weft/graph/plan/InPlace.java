package dev.weft.graph.plan;

import dev.weft.graph.Value;
import dev.weft.graph.op.Concat;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.schedule.Access;
import dev.weft.graph.schedule.Joins;
import dev.weft.graph.schedule.MapLayout;
import dev.weft.graph.schedule.ReductionClass;
import dev.weft.graph.schedule.Region;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a region may write an output over one of its inputs. A generator keeps its side: at one point (of the last loop over a
 * row) it loads everything before it stores anything, and a table op whose result lies on its operand skips the copy.
 */
final class InPlace {

    private final Region region;
    private final Set<Value> own;
    private final Map<Value, Integer> stages = new HashMap<>();

    /** Of a region with parts: which of them writes an output, how many read an input, and what is allowed in all of them. */
    private final Map<Value, Region> writers = new HashMap<>();

    private final Map<Value, Integer> readers = new HashMap<>();
    private final Map<List<Integer>, Boolean> inParts = new HashMap<>();

    InPlace(Region region) {
        this.region = region;
        for (Region part : region.parts()) {
            part.outputs().forEach(output -> writers.put(output, part));
            part.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
        }
        this.own = region.parts().isEmpty() ? new HashSet<>(region.values()) : Set.of();
    }

    boolean allows(Value input, Value output) {
        boolean sameBytes =
                input.type().element().bytes() == output.type().element().bytes()
                        && input.type().bytes() == output.type().bytes();
        if (!sameBytes) {
            return false;
        }
        return switch (region.kind()) {
            case MAP -> region.parts().isEmpty() ? map(input, output) : part(input, output);
            case CONTRACT -> epilogue(input, output);
            case TABLE -> table(input, output);
            // Panels read their operands again after others have been written.
            case STREAM -> false;
        };
    }

    /** As in the part that writes the output, if no other part reads the input; and as in the first part, which has the same text. */
    private boolean part(Value input, Value output) {
        Region part = Objects.requireNonNull(writers.get(output));
        int in = part.inputs().indexOf(input);
        int out = part.outputs().indexOf(output);
        return in >= 0
                && readers.get(input) == 1
                && inParts.computeIfAbsent(List.of(in, out), places -> {
                    Region first = region.parts().getFirst();
                    return new InPlace(first)
                            .allows(first.inputs().get(in), first.outputs().get(out));
                });
    }

    /** Both of the full size, the input read only at the point itself, the output written in the last loop over the row. */
    private boolean map(Value input, Value output) {
        MapLayout layout = MapLayout.of(region);
        boolean strided = region.values().stream()
                .anyMatch(
                        value -> value.op() instanceof Reduction && layout.reduction(value) == ReductionClass.STRIDED);
        if (strided
                || layout.level(output) != MapLayout.Level.FULL
                || input.type().shape().elements() != region.space().elements()) {
            return false;
        }
        int last = region.values().stream().mapToInt(this::stage).max().orElse(0);
        return stage(output) == last && readOnlyByIdentity(input);
    }

    /** In which loop over the row a value can first be known: reductions of rows stand between two loops. */
    private int stage(Value value) {
        Integer known = stages.get(value);
        if (known != null) {
            return known;
        }
        for (Value next : region.values()) {
            int stage = 0;
            for (Value operand : next.operands()) {
                boolean row = operand.op() instanceof Reduction reduction
                        && own.contains(operand)
                        && ReductionClass.of(reduction) == ReductionClass.ROW;
                stage = Math.max(stage, stages.getOrDefault(operand, 0) + (row ? 1 : 0));
            }
            stages.put(next, stage);
        }
        return stages.getOrDefault(value, 0);
    }

    private boolean readOnlyByIdentity(Value input) {
        Set<Value> joined = Joins.inside(region);
        for (Value value : region.values()) {
            boolean moves = value.op() instanceof Movement.Layout || value.op() instanceof StopGradient;
            boolean stored = region.outputs().contains(value);
            if (moves && !stored) {
                continue;
            }
            for (Value operand : value.operands()) {
                Access access = Access.of(moves ? value : operand, root -> !own.contains(root));
                if (access.root() == input && access.pattern() != Access.Pattern.IDENTITY
                        || access.root() == input && (value.op() instanceof Concat || joined.contains(value))) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Tiles of the result are complete before their epilogue runs, and only the operands of the product are read across tiles. The
     * result itself is written by the product, before the epilogue has read anything.
     */
    private boolean epilogue(Value input, Value output) {
        if (output == region.dotValue()) {
            return false;
        }
        DotGeneral dot = region.dot();
        for (Value operand : dot.operands()) {
            if (Access.of(operand, root -> !own.contains(root)).root() == input) {
                return false;
            }
        }
        return input.type().shape().elements() == region.space().elements() && readOnlyByIdentity(input);
    }

    private boolean table(Value input, Value output) {
        Value changed =
                switch (output.op()) {
                    case ScatterAdd scatter -> scatter.into();
                    case DynamicUpdate update -> update.x();
                    default -> output;
                };
        long readers = output.operands().stream()
                .filter(operand -> root(operand) == input)
                .count();
        return changed != output && root(changed) == input && readers == 1;
    }

    private Value root(Value operand) {
        return Access.of(operand, root -> !own.contains(root)).root();
    }
}
