package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Graphs from the body of their text, and schedules in one line per region. */
final class Cases {

    private Cases() {}

    /** A graph of these parameters ({@code %0 "x": f32[4]}), lines and results. */
    static Graph graph(String parameters, String lines, String results) {
        return ProgramParser.parseGraph("fn @case(" + parameters + ") {\n" + lines + "return " + results + "\n}\n");
    }

    /** {@code map (4|8) reads %0 %1 stores %5}, for each region. */
    static String outline(Schedule schedule) {
        ScheduleVerifier.verify(schedule);
        Map<Value, Integer> numbers = ProgramPrinter.numbers(schedule.graph());
        return schedule.regions().stream()
                .map(region -> "%s %s reads%s stores%s\n"
                        .formatted(
                                region.kind(),
                                region.space(),
                                list(region.inputs(), numbers),
                                list(region.outputs(), numbers)))
                .collect(Collectors.joining());
    }

    private static String list(List<Value> values, Map<Value, Integer> numbers) {
        return values.stream().map(value -> " %" + numbers.get(value)).collect(Collectors.joining());
    }

    static String outline(Graph graph) {
        return outline(Schedule.of(graph, FusionModel.STANDARD));
    }

    /** The value with this number in the graph's text. */
    static Value value(Graph graph, int number) {
        return ProgramPrinter.numbers(graph).entrySet().stream()
                .filter(entry -> entry.getValue() == number)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    static String why(Graph graph, int producer, int consumer) {
        return Schedule.of(graph, FusionModel.STANDARD)
                .whyNotFused(value(graph, producer), value(graph, consumer))
                .orElse("one region");
    }
}
