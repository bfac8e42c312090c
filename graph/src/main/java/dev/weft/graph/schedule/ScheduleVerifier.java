package dev.weft.graph.schedule;

import dev.weft.graph.DefectException;
import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must be true of a schedule: every region has what it needs when its turn comes, and every result is stored once. */
public final class ScheduleVerifier {

    private ScheduleVerifier() {}

    /** Throws a {@link DefectException} that names the region and the value at fault. */
    public static void verify(Schedule schedule) {
        Graph graph = schedule.graph();
        Set<Value> stored = new HashSet<>(graph.parameters());
        for (int i = 0; i < schedule.regions().size(); i++) {
            Region region = schedule.regions().get(i);
            inputs(i, region, stored);
            values(i, region);
            for (Value output : region.outputs()) {
                require(region.values().contains(output), i, output, "is an output that the region does not compute");
                require(stored.add(output), i, output, "is stored by two regions");
            }
        }
        for (Value result : graph.results()) {
            if (!stored.contains(result)) {
                throw new DefectException(
                        "schedule of %s: result %s is stored by no region".formatted(graph.name(), result));
            }
        }
    }

    private static void inputs(int index, Region region, Set<Value> stored) {
        for (Value input : region.inputs()) {
            require(stored.contains(input), index, input, "is read before it is stored");
            require(!region.values().contains(input), index, input, "is both read and computed");
        }
    }

    private static void values(int index, Region region) {
        Set<Value> known = new HashSet<>(region.inputs());
        List<Value> used = new ArrayList<>(region.outputs());
        for (Value value : region.values()) {
            require(!(value.op() instanceof Parameter), index, value, "is a parameter and cannot be computed");
            for (Value operand : value.operands()) {
                require(known.contains(operand), index, operand, "is needed, but neither read nor computed before");
            }
            used.addAll(value.operands());
            require(known.add(value), index, value, "is computed twice");
        }
        Set<Value> needed = new HashSet<>(used);
        for (Value value : known) {
            require(needed.contains(value), index, value, "is needed by nothing");
        }
    }

    private static void require(boolean holds, int index, Value value, String sentence) {
        if (!holds) {
            throw new DefectException("schedule: region %d: %s %s".formatted(index, value, sentence));
        }
    }
}
