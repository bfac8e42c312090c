package dev.weft.cli.profile;

import dev.weft.backend.spi.Timeline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A timeline in the trace format of Chrome and Perfetto: one event for each step and thread, named by the place in the model that it
 * comes from, with what it computes and the share of the roofline in its arguments. Times are microseconds.
 */
public final class TraceEvents {

    private static final int PROCESS = 1;

    private TraceEvents() {}

    /** Maps and lists that are the trace when written as JSON. */
    public static Map<String, Object> of(String entry, List<RegionFacts> regions, Timeline run, Roofline roofline) {
        List<Object> events = new ArrayList<>();
        events.add(named("process_name", 0, "weft " + entry));
        for (int thread = 0; thread < run.threads(); thread++) {
            events.add(named("thread_name", thread, "thread " + thread));
        }
        for (int step = 0; step < run.steps().size(); step++) {
            for (int thread = 0; thread < run.threads(); thread++) {
                events.add(event(regions, run, roofline, step, thread));
            }
        }
        Map<String, Object> trace = new LinkedHashMap<>();
        trace.put("displayTimeUnit", "ms");
        trace.put("traceEvents", events);
        return trace;
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

    private static Map<String, Object> event(
            List<RegionFacts> regions, Timeline run, Roofline roofline, int step, int thread) {
        Timeline.Step part = run.steps().get(step);
        Map<String, Object> event = new LinkedHashMap<>();
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("kernel", part.name());
        if (part.region() < 0) {
            event.put("name", part.name());
            event.put("cat", "copy");
        } else {
            RegionFacts region = regions.get(part.region());
            String name = region.path().isEmpty() ? region.source() : region.path() + " " + region.source();
            event.put("name", name.isEmpty() ? region.work() : name);
            event.put("cat", region.kind());
            arguments.put("region", region.number());
            arguments.put("work", region.work());
            arguments.put("flop", region.cost().flops());
            arguments.put("bytes", region.bytes());
            arguments.put("limited_by", roofline.side(region).toString());
            arguments.put("of_roofline", roofline.seconds(region) / seconds(run, part.region()));
        }
        event.put("ph", "X");
        event.put("pid", PROCESS);
        event.put("tid", thread);
        event.put("ts", (run.begin(step, thread) - run.begin()) / 1e3);
        event.put("dur", (run.end(step, thread) - run.begin(step, thread)) / 1e3);
        event.put("args", arguments);
        return event;
    }

    /** From the beginning of a region's first step to the end of its last. */
    private static double seconds(Timeline run, int region) {
        return Profile.wall(
                run,
                java.util.stream.IntStream.range(0, run.steps().size())
                        .filter(step -> run.steps().get(step).region() == region)
                        .boxed()
                        .toList());
    }
}
