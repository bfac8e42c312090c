package dev.weft.graph.plan;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.RegionCost;
import dev.weft.graph.schedule.Schedule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A schedule in which regions may run more than once: {@code v = P(u) … (large memory) … Q(v)  ->  v = P(u) … v = P(u), Q(v)}. A read
 * finds what was computed last before it, so a buffer ends with its last read before the next computation.
 *
 * <p>Estimates count the bytes of buffers that are needed at each run of a region; where in the arena they lie is not known here.
 */
final class Recomputation {

    /** What counts besides arithmetic when two choices are compared, in floating-point operations for each byte moved. */
    private static final long FLOPS_PER_BYTE = 4;

    /** The same for each run of a region. */
    private static final long FLOPS_PER_RUN = 1_000_000;

    /** Most regions that are run again for the sake of one buffer. */
    private static final int MOST_AGAIN = 8;

    /**
     * One run of a region, whole or as far as some of its outputs need it.
     *
     * @param again whether it ran before
     * @param reshapes whether it computes nothing
     * @param reads roots of what it reads, each once
     * @param writes roots of the buffers that it computes
     */
    record Run(Region region, boolean again, boolean reshapes, List<Value> reads, List<Value> writes) {

        Run {
            reads = List.copyOf(reads);
            writes = List.copyOf(writes);
        }
    }

    private final Schedule schedule;
    private final Lifetimes aliases;
    private final Map<Value, Integer> producers = new HashMap<>();
    private final Map<Value, List<Region>> reshapes = new HashMap<>();
    private final List<Set<Value>> reads = new ArrayList<>();
    private final Set<Value> fixed = new HashSet<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<Part, Optional<Again>> parts = new HashMap<>();

    /** Of the runs as they are; null when they have changed. */
    private @Nullable Spans spans;

    /** As much of a region as some of its outputs need. */
    private record Part(int region, Set<Value> roots) {}

    /** A region, whole or in part, and what running it once more costs. */
    private record Again(Region region, long cost) {}

    Recomputation(Schedule schedule) {
        this.schedule = schedule;
        this.aliases = new Lifetimes(schedule);
        List<Region> regions = schedule.regions();
        schedule.graph().results().forEach(result -> fixed.add(aliases.root(result)));
        for (int i = 0; i < regions.size(); i++) {
            Region region = regions.get(i);
            boolean elided = aliases.isElided(region);
            for (Value output : region.outputs()) {
                if (elided) {
                    reshapes.computeIfAbsent(aliases.root(output), key -> new ArrayList<>())
                            .add(region);
                } else {
                    producers.putIfAbsent(aliases.root(output), i);
                }
            }
            reads.add(roots(region.inputs()));
            runs.add(run(region, false, elided));
        }
    }

    /** Reshapes read and write nothing. */
    private Run run(Region region, boolean again, boolean elided) {
        return elided
                ? new Run(region, again, true, List.of(), List.of())
                : new Run(
                        region,
                        again,
                        false,
                        List.copyOf(roots(region.inputs())),
                        roots(region.outputs()).stream().filter(this::isBuffer).toList());
    }

    Schedule schedule() {
        return schedule;
    }

    List<Run> runs() {
        return List.copyOf(runs);
    }

    private boolean isBuffer(Value root) {
        return !(root.op() instanceof Parameter) && !fixed.contains(root);
    }

    /** As the runs are now: they are looked at twice between two changes. */
    private Spans spans() {
        if (spans == null) {
            spans = spansOfRuns();
        }
        return spans;
    }

    private Spans spansOfRuns() {
        Spans all = new Spans(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            for (Value root : runs.get(i).reads()) {
                all.read(root, i);
            }
            for (Value root : runs.get(i).writes()) {
                all.written(root, i);
            }
        }
        return all;
    }

    private Set<Value> roots(Collection<Value> values) {
        Set<Value> roots = new LinkedHashSet<>();
        values.forEach(value -> roots.add(aliases.root(value)));
        return roots;
    }

    /** Most bytes of buffers that one run needs at once. */
    long peakBytes() {
        return spans().peak().bytes();
    }

    /** Whether more runs have been added than there are regions: beyond that, one more saves next to nothing. */
    boolean isExhausted() {
        return runs.size() > 2 * schedule.regions().size();
    }

    /** What could be run again before the run {@code at}, so that {@code bytes} fewer are held at the peak. */
    private record Choice(int at, List<Region> again, long bytes, long cost) {
        boolean isBetterThan(Choice other) {
            // bytes / cost, without division
            return (double) bytes * other.cost > (double) other.bytes * cost;
        }
    }

    /** Makes the best change that lowers the peak; false if there is none. */
    boolean improve() {
        Spans now = spans();
        int peak = now.peak().run();
        Optional<Choice> best = Optional.empty();
        for (Spans.Span span : now.all()) {
            Optional<Choice> choice = choice(span, peak, now);
            if (choice.isPresent() && (best.isEmpty() || choice.get().isBetterThan(best.get()))) {
                best = choice;
            }
        }
        best.ifPresent(this::apply);
        return best.isPresent();
    }

    /** What is held over the peak without being read there. */
    private Optional<Choice> choice(Spans.Span span, int peak, Spans now) {
        if (!span.isIdleAt(peak)) {
            return Optional.empty();
        }
        int next = span.readAfter(peak);
        SortedMap<Integer, Set<Value>> again = new TreeMap<>();
        Set<Value> held = new HashSet<>();
        if (!cone(span, peak, next, now, again, held)) {
            return Optional.empty();
        }
        List<Region> regions = new ArrayList<>();
        long cost = 0;
        for (Map.Entry<Integer, Set<Value>> entry : again.entrySet()) {
            Optional<Again> part = parts.computeIfAbsent(
                    new Part(entry.getKey(), entry.getValue()),
                    key -> part(schedule.regions().get(key.region()), key.roots()));
            if (part.isEmpty()) {
                return Optional.empty();
            }
            regions.add(part.get().region());
            cost += part.get().cost();
        }
        long more = held.stream()
                .mapToLong(root -> Plan.aligned(root.type().bytes()))
                .sum();
        long gain = Plan.aligned(span.bytes()) - more;
        return gain > 0 ? Optional.of(new Choice(next, regions, gain, cost)) : Optional.empty();
    }

    /**
     * Collects what has to run again so that what is saved is there at {@code next}: an input that is no longer there is computed
     * again as well, or held longer ({@code held}) where it is smaller than what is saved and its own region costs a product.
     */
    private boolean cone(
            Spans.Span saved, int peak, int next, Spans now, SortedMap<Integer, Set<Value>> again, Set<Value> held) {
        Deque<Value> open = new ArrayDeque<>(List.of(saved.root()));
        Set<Value> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            Value root = open.pop();
            Integer number = producers.get(root);
            if (number == null || again.size() >= MOST_AGAIN) {
                return false;
            }
            again.computeIfAbsent(number, key -> new LinkedHashSet<>()).add(root);
            for (Value needed : reads.get(number)) {
                if (!isBuffer(needed) || !seen.add(needed) || now.isThere(needed, next)) {
                    continue;
                }
                boolean small = needed.type().bytes() * 4 <= saved.bytes();
                if (small && now.isWrittenBefore(needed, peak)) {
                    held.add(needed);
                } else {
                    open.add(needed);
                }
            }
        }
        return true;
    }

    /** The region with these outputs only; empty where it makes no sense without the others. */
    private Optional<Again> part(Region region, Set<Value> roots) {
        List<Value> outputs = region.outputs().stream()
                .filter(output -> roots.contains(aliases.root(output)))
                .toList();
        boolean whole = outputs.size() == region.outputs().size();
        if (whole) {
            return Optional.of(again(region));
        }
        boolean divisible = region.kind() == Region.Kind.MAP || region.kind() == Region.Kind.CONTRACT;
        if (!divisible || !region.parts().isEmpty()) {
            return Optional.empty();
        }
        Set<Value> needed = new HashSet<>(outputs);
        for (Value value : region.values().reversed()) {
            if (needed.contains(value)) {
                needed.addAll(value.operands());
            }
        }
        List<Value> values = region.values().stream().filter(needed::contains).toList();
        boolean sameProduct = region.values().stream()
                .filter(value -> value.op() instanceof DotGeneral)
                .allMatch(needed::contains);
        if (!sameProduct || outputs.stream().noneMatch(output -> isFull(output, region))) {
            return Optional.empty();
        }
        List<Value> inputs = region.inputs().stream().filter(needed::contains).toList();
        return Optional.of(again(new Region(region.kind(), region.space(), values, inputs, outputs)));
    }

    private static Again again(Region region) {
        RegionCost cost = RegionCost.of(region);
        return new Again(region, cost.flops() + FLOPS_PER_BYTE * cost.bytesMoved() + FLOPS_PER_RUN);
    }

    /** Whether a value has as many elements as the region has points: then what is left has the same iteration space. */
    private static boolean isFull(Value output, Region region) {
        return output.type().shape().elements() == region.space().elements();
    }

    private void apply(Choice choice) {
        List<Run> added = new ArrayList<>();
        for (Region region : choice.again()) {
            added.add(run(region, true, false));
            for (Value root : roots(region.outputs())) {
                reshapes.getOrDefault(root, List.of()).forEach(reshape -> added.add(run(reshape, true, true)));
            }
        }
        runs.addAll(choice.at(), added);
        spans = null;
    }
}
