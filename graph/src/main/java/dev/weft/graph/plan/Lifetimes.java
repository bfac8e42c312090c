package dev.weft.graph.plan;

import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.schedule.Access;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When each buffer of an entry is written and last read, in numbers of regions. Values that differ by reshapes only share a buffer,
 * named by its root; a region that only reshapes is left out.
 */
final class Lifetimes {

    private final Schedule schedule;
    private final Map<Value, Value> root = new HashMap<>();
    private final Map<Value, Integer> written = new HashMap<>();
    private final Map<Value, Integer> lastRead = new HashMap<>();
    private final Set<Region> elided = Collections.newSetFromMap(new IdentityHashMap<>());

    Lifetimes(Schedule schedule) {
        this.schedule = schedule;
        Set<Value> results = new HashSet<>(schedule.graph().results());
        List<Region> regions = schedule.regions();
        for (int i = 0; i < regions.size(); i++) {
            Region region = regions.get(i);
            for (Value input : region.inputs()) {
                lastRead.merge(root(input), i, Math::max);
            }
            if (onlyReshapes(region, results)) {
                elided.add(region);
                root.put(region.outputs().getFirst(), root(region.inputs().getFirst()));
            } else {
                shareWithin(region, i);
            }
        }
        results.forEach(result -> lastRead.put(root(result), end()));
    }

    /** The step after the last region, when results are handed over. */
    int end() {
        return schedule.regions().size();
    }

    Value root(Value value) {
        return root.getOrDefault(value, value);
    }

    boolean isElided(Region region) {
        return elided.contains(region);
    }

    int written(Value value) {
        return written.getOrDefault(root(value), -1);
    }

    int lastRead(Value value) {
        return Math.max(written(value), lastRead.getOrDefault(root(value), -1));
    }

    /** Of parameters, only what stays inside the entry may be an alias: results are written to places of their own. */
    private boolean onlyReshapes(Region region, Set<Value> results) {
        if (region.kind() != Region.Kind.MAP
                || region.inputs().size() != 1
                || region.outputs().size() != 1) {
            return false;
        }
        Value input = region.inputs().getFirst();
        Value output = region.outputs().getFirst();
        Access access = Access.of(output, value -> value == input);
        return access.root() == input
                && access.pattern() == Access.Pattern.IDENTITY
                && !(root(input).op() instanceof Parameter && results.contains(output));
    }

    /** Two outputs of one region that are one tensor in two shapes have one buffer. */
    private void shareWithin(Region region, int index) {
        Set<Value> outputs = new HashSet<>(region.outputs());
        for (Value output : region.outputs()) {
            Access access = Access.of(output, value -> value != output && outputs.contains(value));
            boolean alias = access.root() != output
                    && outputs.contains(access.root())
                    && access.pattern() == Access.Pattern.IDENTITY;
            root.put(output, alias ? root(access.root()) : output);
            written.put(root(output), index);
        }
    }
}
