package dev.weft.cli;

import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.NotFused;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.text.ProgramPrinter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Answers why two values are not computed by one kernel. A value is named by its number in {@code --emit canonical} ({@code %12}),
 * by the line of the source that it comes from ({@code gpt.weft:23}), which may stand for several.
 */
final class WhyNotFused {

    private final Schedule schedule;
    private final Map<Value, Integer> numbers;

    WhyNotFused(Schedule schedule) {
        this.schedule = schedule;
        this.numbers = ProgramPrinter.numbers(schedule.graph());
    }

    /** A sentence for each pair of which one reads the other; one in all where there is none. */
    List<String> explain(String first, String second) {
        List<Value> a = values(first);
        List<Value> b = values(second);
        List<String> sentences = new ArrayList<>();
        for (NotFused apart : schedule.notFused()) {
            if (joins(apart, a, b) || joins(apart, b, a)) {
                sentences.add(
                        "%s and %s: %s".formatted(text(apart.producer()), text(apart.consumer()), apart.reason()));
            }
        }
        together(a, b, sentences);
        if (sentences.isEmpty()) {
            sentences.add("%s and %s: neither reads a stored result of the other, so there is nothing to fuse"
                    .formatted(first, second));
        }
        return sentences;
    }

    private static boolean joins(NotFused apart, List<Value> producers, List<Value> consumers) {
        return producers.contains(apart.producer()) && consumers.contains(apart.consumer());
    }

    private void together(List<Value> a, List<Value> b, List<String> sentences) {
        for (int i = 0; i < schedule.regions().size(); i++) {
            Region region = schedule.regions().get(i);
            for (Value one : a) {
                for (Value other : b) {
                    if (one != other
                            && region.values().contains(one)
                            && region.values().contains(other)) {
                        sentences.add("%s and %s: are computed together, in region %d (%s)"
                                .formatted(text(one), text(other), i, region.kind()));
                    }
                }
            }
        }
    }

    private String text(Value value) {
        List<Origin> origins = schedule.graph().provenance().of(value);
        return "%%%d %s%s"
                .formatted(
                        numbers.get(value),
                        value.op().mnemonic(),
                        origins.isEmpty() ? "" : " (" + origins.getFirst() + ")");
    }

    private List<Value> values(String name) {
        String number = name.startsWith("%") ? name.substring(1) : name;
        if (!number.isEmpty() && number.chars().allMatch(Character::isDigit)) {
            return List.of(numbered(name, number));
        }
        Graph graph = schedule.graph();
        List<Value> found = graph.values().stream()
                .filter(value -> graph.provenance().of(value).stream().anyMatch(origin -> isNamed(origin, name)))
                .toList();
        if (found.isEmpty()) {
            throw new UserException("--why-not-fused %s: no value of %s comes from there; there are %s"
                    .formatted(name, graph.name(), String.join(", ", places(graph))));
        }
        return found;
    }

    private static boolean isNamed(Origin origin, String name) {
        return origin.path().equals(name) || ("/" + line(origin)).endsWith("/" + name);
    }

    /** {@code gpt.weft:23} without the column. */
    private static String line(Origin origin) {
        return origin.span().substring(0, Math.max(0, origin.span().lastIndexOf(':')));
    }

    private static SortedSet<String> places(Graph graph) {
        SortedSet<String> places = new TreeSet<>();
        graph.values().forEach(value -> graph.provenance().of(value).forEach(origin -> places.add(line(origin))));
        return places;
    }

    private Value numbered(String name, String number) {
        Map<Integer, Value> values = new HashMap<>();
        numbers.forEach((value, key) -> values.put(key, value));
        Value value = number.length() > 9 ? null : values.get(Integer.parseInt(number));
        if (value == null) {
            throw new UserException("--why-not-fused %s: %s has values up to %%%d"
                    .formatted(name, schedule.graph().name(), numbers.size() - 1));
        }
        return value;
    }
}
