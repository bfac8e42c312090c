package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.op.Comparison;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.DynamicSlice;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.op.Elementwise;
import dev.weft.graph.op.Gather;
import dev.weft.graph.op.Logic;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.ScatterAdd;
import dev.weft.graph.op.Select;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a region costs, from its shapes alone.
 *
 * @param flops floating-point and integer arithmetic: a multiply-add is two, a function such as tanh one
 * @param bytesRead of inputs, each once; of a table only the rows that are read
 * @param bytesWritten of outputs, each once; of a table that may be changed in place only the rows that change
 */
public record RegionCost(long flops, long bytesRead, long bytesWritten) {

    public static final RegionCost NONE = new RegionCost(0, 0, 0);

    public static RegionCost of(Region region) {
        if (!region.parts().isEmpty()) {
            return region.parts().stream().map(RegionCost::of).reduce(NONE, RegionCost::plus);
        }
        long flops = region.values().stream().mapToLong(RegionCost::flops).sum();
        if (region.kind() == Region.Kind.TABLE) {
            return table(region, flops);
        }
        long read = bytesRead(region);
        long written = region.outputs().stream()
                .mapToLong(output -> output.type().bytes())
                .sum();
        return new RegionCost(flops, read, written);
    }

    public RegionCost plus(RegionCost other) {
        return new RegionCost(flops + other.flops, bytesRead + other.bytesRead, bytesWritten + other.bytesWritten);
    }

    public long bytesMoved() {
        return bytesRead + bytesWritten;
    }

    private static long flops(Value value) {
        return switch (value.op()) {
            case DotGeneral dot -> dot.flops();
            case Reduction reduction -> ReductionClass.operand(reduction).elements();
            case Comparison op -> 0;
            case Logic op -> 0;
            case Select op -> 0;
            case Cast op -> 0;
            case Elementwise op -> value.type().shape().elements();
            case CumulativeSum op -> value.type().shape().elements();
            case ScatterAdd scatter -> scatter.updates().type().shape().elements();
            default -> 0;
        };
    }

    /** As much of each input as the values that read it can hold. */
    private static long bytesRead(Region region) {
        Set<Value> inside = new HashSet<>(region.values());
        Map<Value, Long> read = new HashMap<>();
        Set<Value> seen = new HashSet<>();
        for (Value value : region.values()) {
            if (Access.isStep(value)) {
                continue;
            }
            for (Value operand : value.operands()) {
                if (seen.add(operand)) {
                    Value root = Access.root(operand, inside);
                    read.merge(root, operand.type().bytes(), Long::sum);
                }
            }
        }
        long bytes = 0;
        for (Value input : region.inputs()) {
            long all = input.type().bytes();
            long part = read.getOrDefault(input, 0L);
            bytes += part == 0 ? all : Math.min(part, all);
        }
        return bytes;
    }

    private static RegionCost table(Region region, long flops) {
        Value value = region.outputs().getFirst();
        long result = value.type().bytes();
        return switch (value.op()) {
            case Gather op -> new RegionCost(flops, result + op.indices().type().bytes(), result);
            case DynamicSlice op -> new RegionCost(flops, result, result);
            case DynamicUpdate op ->
                new RegionCost(
                        flops, op.update().type().bytes(), op.update().type().bytes());
            case ScatterAdd op -> {
                long rows = op.updates().type().bytes();
                yield new RegionCost(flops, 2 * rows + op.indices().type().bytes(), rows);
            }
            default -> new RegionCost(flops, result, result);
        };
    }
}
