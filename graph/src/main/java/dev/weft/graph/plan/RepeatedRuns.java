package dev.weft.graph.plan;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import dev.weft.graph.schedule.NotFused;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes regions that run more than once as a schedule like any other: each run has values of its own, in a graph in which a value
 * that is computed again stands once for each time. Whatever is read is what was computed last.
 */
final class RepeatedRuns {

    private final Graph source;
    private final GraphBuilder builder;
    private final Map<Value, Value> current = new HashMap<>();
    private final List<Region> regions = new ArrayList<>();

    private RepeatedRuns(Graph source) {
        this.source = source;
        this.builder = new GraphBuilder(source.name());
        for (Value parameter : source.parameters()) {
            builder.at(source.provenance().of(parameter));
            current.put(parameter, builder.parameter(Graph.parameterName(parameter), parameter.type()));
        }
    }

    static Schedule of(Schedule schedule, List<Recomputation.Run> runs) {
        RepeatedRuns repeated = new RepeatedRuns(schedule.graph());
        Map<Value, Value> first = new HashMap<>();
        for (Recomputation.Run run : runs) {
            repeated.add(run);
            run.region().outputs().forEach(output -> first.putIfAbsent(output, repeated.current.get(output)));
        }
        List<Value> results =
                schedule.graph().results().stream().map(repeated.current::get).toList();
        List<NotFused> apart = schedule.notFused().stream()
                .filter(pair -> first.containsKey(pair.producer()) && first.containsKey(pair.consumer()))
                .map(pair -> new NotFused(first.get(pair.producer()), first.get(pair.consumer()), pair.reason()))
                .toList();
        return new Schedule(repeated.builder.build(results), repeated.regions, apart);
    }

    private void add(Recomputation.Run run) {
        Region region = run.region();
        Map<Value, Value> own = new HashMap<>();
        region.inputs().forEach(input -> own.put(input, current.get(input)));
        Set<Value> outputs = new HashSet<>(region.outputs());
        for (Value value : region.values()) {
            builder.at(source.provenance().of(value));
            List<Value> operands = value.operands().stream().map(own::get).toList();
            Op op = operands.isEmpty() ? value.op() : value.op().withOperands(operands);
            boolean twice = run.again() && outputs.contains(value);
            own.put(value, twice ? builder.addAgain(op) : builder.add(op));
        }
        outputs.forEach(output -> current.put(output, own.get(output)));
        regions.add(renamed(region, own));
    }

    private static Region renamed(Region region, Map<Value, Value> names) {
        List<Region> parts =
                region.parts().stream().map(part -> renamed(part, names)).toList();
        return new Region(
                region.kind(),
                region.space(),
                renamed(region.values(), names),
                renamed(region.inputs(), names),
                renamed(region.outputs(), names),
                parts);
    }

    private static List<Value> renamed(List<Value> values, Map<Value, Value> names) {
        return values.stream().map(names::get).toList();
    }
}
