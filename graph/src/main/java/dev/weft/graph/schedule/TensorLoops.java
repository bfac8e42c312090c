package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code f(x1) | f(x2) | …  ->  for x in (x1, x2, …): f(x)}: flat maps of one text ({@link FlatMap}) that need nothing of each other
 * become one region, as an optimizer does one thing to all its tensors. Only maps that end in results of the graph or in scalars,
 * and only where no tensor has to be kept longer for it.
 */
final class TensorLoops {

    private final Graph graph;
    private final List<Region> regions;
    private final Map<Value, Integer> producers = new HashMap<>();
    private final Map<Integer, FlatMap> forms = new HashMap<>();

    private TensorLoops(Graph graph, List<Region> regions) {
        this.graph = graph;
        this.regions = regions;
        for (int i = 0; i < regions.size(); i++) {
            for (Value output : regions.get(i).outputs()) {
                producers.put(output, i);
            }
        }
    }

    /** The regions with those joined that can be, in an order in which they can run. */
    static List<Region> join(Graph graph, List<Region> regions) {
        TensorLoops loops = new TensorLoops(graph, regions);
        Set<String> texts = loops.findForms();
        List<Region> joined = regions;
        for (String text : texts) {
            TensorLoops now = new TensorLoops(graph, joined);
            loops.forms.values().stream()
                    .filter(form -> form.text().equals(text))
                    .forEach(now::place);
            joined = now.joined();
        }
        return joined;
    }

    /** Texts of more than one region. */
    private Set<String> findForms() {
        Set<Value> results = new HashSet<>(graph.results());
        Map<String, Integer> count = new LinkedHashMap<>();
        for (int i = 0; i < regions.size(); i++) {
            boolean ends = regions.get(i).outputs().stream()
                    .allMatch(output ->
                            results.contains(output) || output.type().shape().elements() == 1);
            if (ends) {
                int number = i;
                FlatMap.of(regions.get(i)).ifPresent(form -> {
                    forms.put(number, form);
                    count.merge(form.text(), 1, Integer::sum);
                });
            }
        }
        count.values().removeIf(number -> number < 2);
        return count.keySet();
    }

    private void place(FlatMap form) {
        forms.put(producers.get(form.region().outputs().getFirst()), form);
    }

    /** Joins the regions whose forms are placed: those that stand behind equally many others of them need nothing of each other. */
    private List<Region> joined() {
        int[] behind = new int[regions.size()];
        Map<Integer, List<Integer>> waves = new LinkedHashMap<>();
        for (int i = 0; i < regions.size(); i++) {
            for (Value input : regions.get(i).inputs()) {
                Integer producer = producers.get(input);
                if (producer != null) {
                    behind[i] = Math.max(behind[i], behind[producer] + (forms.containsKey(producer) ? 1 : 0));
                }
            }
            if (forms.containsKey(i)) {
                waves.computeIfAbsent(behind[i], key -> new ArrayList<>()).add(i);
            }
        }
        List<List<Integer>> loops = waves.values().stream()
                .map(this::together)
                .filter(wave -> wave.size() > 1)
                .toList();
        return loops.isEmpty() ? regions : ordered(loops);
    }

    /** Those of a wave that keep no tensor longer if all of them run when the last can. */
    private List<Integer> together(List<Integer> wave) {
        int start = wave.stream().mapToInt(this::earliest).max().orElse(-1);
        Map<Value, Integer> lastRead = new HashMap<>();
        Set<Integer> members = new HashSet<>(wave);
        for (int i = 0; i < regions.size(); i++) {
            if (!members.contains(i)) {
                for (Value input : regions.get(i).inputs()) {
                    lastRead.put(input, i);
                }
            }
        }
        List<Integer> kept = new ArrayList<>();
        for (int member : wave) {
            boolean ready = earliest(member) == start;
            boolean alive = regions.get(member).inputs().stream()
                    .allMatch(input -> !producers.containsKey(input) || isAlive(input, start, lastRead));
            if (ready || alive) {
                kept.add(member);
            }
        }
        return kept;
    }

    private boolean isAlive(Value input, int at, Map<Value, Integer> lastRead) {
        return input.type().shape().elements() == 1
                || graph.results().contains(input)
                || lastRead.getOrDefault(input, -1) > at;
    }

    /** The last region that must run before this one. */
    private int earliest(int member) {
        int last = -1;
        for (Value input : regions.get(member).inputs()) {
            last = Math.max(last, producers.getOrDefault(input, -1));
        }
        return last;
    }

    /** Each loop stands where the last of its parts stood; what needs one of them moves behind it. */
    private List<Region> ordered(List<List<Integer>> loops) {
        Map<Integer, List<Integer>> ends = new HashMap<>();
        Set<Integer> parts = new HashSet<>();
        for (List<Integer> loop : loops) {
            ends.put(loop.getLast(), loop);
            parts.addAll(loop);
        }
        List<Region> result = new ArrayList<>();
        Set<Value> stored = new HashSet<>(graph.parameters());
        List<Region> waiting = new ArrayList<>();
        for (int i = 0; i < regions.size(); i++) {
            List<Integer> loop = ends.get(i);
            if (loop != null) {
                waiting.add(Region.loop(
                        loop.stream().map(member -> forms.get(member).region()).toList()));
            } else if (!parts.contains(i)) {
                waiting.add(regions.get(i));
            }
            boolean moves = true;
            while (moves) {
                moves = false;
                for (int k = 0; k < waiting.size() && !moves; k++) {
                    Region next = waiting.get(k);
                    if (stored.containsAll(next.inputs())) {
                        waiting.remove(k);
                        result.add(next);
                        stored.addAll(next.outputs());
                        moves = true;
                    }
                }
            }
        }
        return result;
    }
}
