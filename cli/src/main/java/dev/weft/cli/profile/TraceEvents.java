package dev.weft.cli.profile;

import dev.weft.backend.spi.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A timeline in the trace format of Chrome and Perfetto: one event for each step and thread, named by the place in the model that it
 * comes from, with what it computes and the share of the roofline in its arguments. Times are microseconds.
 */
public final class TraceEvents {

    private static final int PROCESS = 1;

    private final List<RegionFacts> regions;
    private final Timeline run;
    private final Roofline roofline;
    private final Map<Integer, Double> seconds = new HashMap<>();

    private TraceEvents(List<RegionFacts> regions, Timeline run, Roofline roofline) {
        this.regions = regions;
        this.run = run;
        this.roofline = roofline;
        Profile.steps(run).forEach((region, steps) -> seconds.put(region, Profile.wall(run, steps)));
    }

    /** Maps and lists that are the trace when written as JSON. */
    public static Map<String, Object> of(String entry, List<RegionFacts> regions, Timeline run, Roofline roofline) {
        TraceEvents trace = new TraceEvents(regions, run, roofline);
        List<Object> events = new ArrayList<>();
        events.add(named("process_name", 0, "weft " + entry));
        for (int thread = 0; thread < run.threads(); thread++) {
            events.add(named("thread_name", thread, "thread " + thread));
        }
        for (int step = 0; step < run.steps().size(); step++) {
            for (int thread = 0; thread < run.threads(); thread++) {
                events.add(trace.event(step, thread));
            }
        }
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("displayTimeUnit", "ms");
        whole.put("traceEvents", events);
        return whole;
    }

    private static Map<String, Object> named(String what, int thread, String name) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("name", what);
        event.put("ph", "M");
        event.put("pid", PROCESS);
        event.put("tid", thread);
        event.put("args", Map.of("name", name));
        return event;
    }

    private Map<String, Object> event(int step, int thread) {
        Timeline.Step part = run.steps().get(step);
        boolean isRegion = part.region() >= 0;
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("name", isRegion ? regions.get(part.region()).name() : part.name());
        event.put("cat", isRegion ? regions.get(part.region()).kind() : "copy");
        event.put("ph", "X");
        event.put("pid", PROCESS);
        event.put("tid", thread);
        event.put("ts", (run.begin(step, thread) - run.begin()) / 1e3);
        event.put("dur", (run.end(step, thread) - run.begin(step, thread)) / 1e3);
        event.put("args", isRegion ? arguments(part) : Map.of("kernel", part.name()));
        return event;
    }

    private Map<String, Object> arguments(Timeline.Step part) {
        RegionFacts region = regions.get(part.region());
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("kernel", part.name());
        arguments.put("region", region.number());
        arguments.put("work", region.work());
        arguments.put("flop", region.cost().flops());
        arguments.put("bytes", region.bytes());
        arguments.put("limited_by", roofline.side(region).toString());
        arguments.put("of_roofline", roofline.seconds(region) / seconds.get(part.region()));
        return arguments;
    }
}
