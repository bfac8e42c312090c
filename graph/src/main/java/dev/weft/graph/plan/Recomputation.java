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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

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
     */
    record Run(Region region, boolean again, boolean reshapes) {}

    private final Schedule schedule;
    private final Lifetimes aliases;
    private final Map<Value, Integer> producers = new HashMap<>();
    private final Map<Value, List<Region>> reshapes = new HashMap<>();
    private final Set<Value> fixed = new HashSet<>();
    private final List<Run> runs = new ArrayList<>();
    private final Map<Part, Optional<Again>> parts = new HashMap<>();

    /** As much of a region as some of its outputs need. */
    private record Part(int region, Set<Value> roots) {}

    /** A region, whole or in part, and what running it once more costs. */
    private record Again(Region region, long cost) {}

    Recomputation(Schedule schedule) {
        this.schedule = schedule;
        this.aliases = new Lifetimes(schedule);
        List<Region> regions = schedule.regions();
        for (int i = 0; i < regions.size(); i++) {
            Region region = regions.get(i);
            boolean elided = aliases.isElided(region);
            runs.add(new Run(region, false, elided));
            for (Value output : region.outputs()) {
                if (elided) {
                    reshapes.computeIfAbsent(aliases.root(output), key -> new ArrayList<>())
                            .add(region);
                } else {
                    producers.putIfAbsent(aliases.root(output), i);
                }
            }
        }
        schedule.graph().results().forEach(result -> fixed.add(aliases.root(result)));
    }

    Schedule schedule() {
        return schedule;
    }

    List<Run> runs() {
        return List.copyOf(runs);
    }

    /** From the run that computes a buffer to the one that last reads it, and all readers between. */
    private static final class Span {
        final Value root;
        final int first;
        final List<Integer> reads = new ArrayList<>();

        Span(Value root, int first) {
            this.root = root;
            this.first = first;
        }

        int last() {
            return reads.isEmpty() ? first : reads.getLast();
        }

        long bytes() {
            return root.type().bytes();
        }
    }

    private boolean isBuffer(Value root) {
        return !(root.op() instanceof Parameter) && !fixed.contains(root);
    }

    private Map<Value, List<Span>> spans() {
        Map<Value, List<Span>> spans = new LinkedHashMap<>();
        for (int i = 0; i < runs.size(); i++) {
            Region region = runs.get(i).region();
            if (runs.get(i).reshapes()) {
                continue;
            }
            for (Value input : region.inputs()) {
                List<Span> known = spans.get(aliases.root(input));
                if (known != null) {
                    known.getLast().reads.add(i);
                }
            }
            for (Value root : roots(region.outputs())) {
                if (isBuffer(root)) {
                    spans.computeIfAbsent(root, key -> new ArrayList<>()).add(new Span(root, i));
                }
            }
        }
        return spans;
    }

    private Set<Value> roots(Collection<Value> values) {
        Set<Value> roots = new LinkedHashSet<>();
        values.forEach(value -> roots.add(aliases.root(value)));
        return roots;
    }

    private static long[] bytesAt(Map<Value, List<Span>> spans, int runs) {
        long[] change = new long[runs + 1];
        spans.values()
                .forEach(list -> list.forEach(span -> {
                    change[span.first] += Plan.aligned(span.bytes());
                    change[span.last() + 1] -= Plan.aligned(span.bytes());
                }));
        for (int i = 1; i <= runs; i++) {
            change[i] += change[i - 1];
        }
        return change;
    }

    /** Most bytes of buffers that one run needs at once. */
    long peakBytes() {
        long most = 0;
        for (long bytes : bytesAt(spans(), runs.size())) {
            most = Math.max(most, bytes);
        }
        return most;
    }

    /** Whether more runs have been added than there are regions: beyond that, one more saves next to nothing. */
    boolean isExhausted() {
        return runs.size() > 2 * schedule.regions().size();
    }

    /** What could be run again before the run {@code at}, so that {@code bytes} fewer are held at the peak. */
    private record Choice(Span span, int at, List<Region> again, long bytes, long cost) {
        boolean isBetterThan(Choice other) {
            // bytes / cost, without division
            return (double) bytes * other.cost > (double) other.bytes * cost;
        }
    }

    /** Makes the best change that lowers the peak; false if there is none. */
    boolean improve() {
        Map<Value, List<Span>> spans = spans();
        long[] bytes = bytesAt(spans, runs.size());
        int peak = 0;
        for (int i = 0; i < runs.size(); i++) {
            peak = bytes[i] > bytes[peak] ? i : peak;
        }
        Optional<Choice> best = Optional.empty();
        for (List<Span> list : spans.values()) {
            for (Span span : list) {
                Optional<Choice> choice = choice(span, peak, spans);
                if (choice.isPresent() && (best.isEmpty() || choice.get().isBetterThan(best.get()))) {
                    best = choice;
                }
            }
        }
        best.ifPresent(this::apply);
        return best.isPresent();
    }

    /** What is held over the peak without being read there. */
    private Optional<Choice> choice(Span span, int peak, Map<Value, List<Span>> spans) {
        boolean idle = span.first < peak && span.last() > peak && !span.reads.contains(peak);
        if (!idle) {
            return Optional.empty();
        }
        int next = span.reads.stream().filter(read -> read > peak).findFirst().orElseThrow();
        SortedMap<Integer, Set<Value>> again = new TreeMap<>();
        Set<Value> held = new HashSet<>();
        if (!cone(span.root, span, peak, next, spans, again, held)) {
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
        return gain > 0 ? Optional.of(new Choice(span, next, regions, gain, cost)) : Optional.empty();
    }

    /**
     * Collects what has to run again so that {@code wanted} is there at {@code next}: an input that is no longer there is computed
     * again as well, or held longer ({@code held}) where it is smaller than what is saved and its own region costs a product.
     */
    private boolean cone(
            Value wanted,
            Span saved,
            int peak,
            int next,
            Map<Value, List<Span>> spans,
            SortedMap<Integer, Set<Value>> again,
            Set<Value> held) {
        Deque<Value> open = new ArrayDeque<>(List.of(wanted));
        Set<Value> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            Value root = open.pop();
            Integer number = producers.get(root);
            if (number == null || again.size() >= MOST_AGAIN) {
                return false;
            }
            again.computeIfAbsent(number, key -> new LinkedHashSet<>()).add(root);
            for (Value input : schedule.regions().get(number).inputs()) {
                Value needed = aliases.root(input);
                if (!isBuffer(needed) || !seen.add(needed) || isThere(needed, next, spans)) {
                    continue;
                }
                boolean small = needed.type().bytes() * 4 <= saved.bytes();
                if (small && endsBefore(needed, peak, spans)) {
                    held.add(needed);
                } else {
                    open.add(needed);
                }
            }
        }
        return true;
    }

    private static boolean isThere(Value root, int at, Map<Value, List<Span>> spans) {
        return spans.getOrDefault(root, List.of()).stream().anyMatch(span -> span.first < at && span.last() >= at);
    }

    private static boolean endsBefore(Value root, int peak, Map<Value, List<Span>> spans) {
        return spans.getOrDefault(root, List.of()).stream().anyMatch(span -> span.first < peak);
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
            added.add(new Run(region, true, false));
            for (Value root : roots(region.outputs())) {
                reshapes.getOrDefault(root, List.of()).forEach(reshape -> added.add(new Run(reshape, true, true)));
            }
        }
        runs.addAll(choice.at(), added);
    }
}
