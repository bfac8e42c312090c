package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The text form of schedules, over the graph whose values it names as {@link ProgramPrinter} numbers them.
 *
 * <pre>{@code
 * schedule = "schedule" STRING { region } { apart }
 * region   = "region" work { "part" work }
 * work     = KIND "outer" "=" sizes "row" "=" sizes "reads" "=" values "stores" "=" values "{" { value } "}"
 * apart    = "apart" value value STRING
 * sizes    = "[" [ NUMBER { "," NUMBER } ] "]"       values = "[" [ value { "," value } ] "]"
 * }</pre>
 *
 * What follows {@code //} tells what a value is and what a region costs, and is skipped on reading.
 */
public final class ScheduleText {

    private ScheduleText() {}

    public static String print(Schedule schedule) {
        Map<Value, Integer> numbers = ProgramPrinter.numbers(schedule.graph());
        StringBuilder out = new StringBuilder("schedule \"" + schedule.graph().name() + "\"  // "
                + summary(schedule.cost(), schedule.kernels()) + "\n");
        for (Region region : schedule.regions()) {
            out.append(print("region", region, numbers));
            region.parts().forEach(part -> out.append(print("part", part, numbers)));
        }
        for (NotFused apart : schedule.notFused()) {
            out.append("apart %%%d %%%d \"%s\"\n"
                    .formatted(numbers.get(apart.producer()), numbers.get(apart.consumer()), apart.reason()));
        }
        return out.toString();
    }

    private static String summary(RegionCost cost, int kernels) {
        return String.format(
                Locale.ROOT,
                "%d kernels, %.6f GFLOP, %d bytes read, %d bytes written",
                kernels,
                cost.flops() / 1e9,
                cost.bytesRead(),
                cost.bytesWritten());
    }

    private static String print(String word, Region region, Map<Value, Integer> numbers) {
        RegionCost cost = RegionCost.of(region);
        StringBuilder out =
                new StringBuilder("%s %s outer=%s row=%s reads=%s stores=%s {  // %d flop, %d + %d bytes, kernel %s\n"
                        .formatted(
                                word,
                                region.kind(),
                                sizes(region.space().outer()),
                                sizes(region.space().row()),
                                values(region.inputs(), numbers),
                                values(region.outputs(), numbers),
                                cost.flops(),
                                cost.bytesRead(),
                                cost.bytesWritten(),
                                RegionText.of(region).hash().substring(0, 8)));
        for (Value value : region.parts().isEmpty() ? region.values() : List.<Value>of()) {
            String line = ProgramPrinter.line(value, numbers);
            int name = line.indexOf(' ');
            out.append("  ")
                    .append(line, 0, name)
                    .append("  //")
                    .append(line.substring(name))
                    .append('\n');
        }
        return out.append("}\n").toString();
    }

    private static String sizes(List<Long> sizes) {
        return sizes.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }

    private static String values(List<Value> values, Map<Value, Integer> numbers) {
        return values.stream().map(value -> "%" + numbers.get(value)).collect(Collectors.joining(",", "[", "]"));
    }

    /**
     * The schedule of a text.
     *
     * @throws dev.weft.graph.UserException with the line, if it is none of this graph
     */
    public static Schedule parse(String text, Graph graph) {
        Map<Integer, Value> values = new HashMap<>();
        ProgramPrinter.numbers(graph).forEach((value, number) -> values.put(number, value));
        Tokens tokens = new Tokens(text);
        tokens.expect("schedule");
        String name = tokens.word();
        if (!name.equals(graph.name())) {
            throw tokens.failure("the schedule must be of %s, got one of %s", graph.name(), name);
        }
        List<Region> regions = new ArrayList<>();
        while (tokens.skip("region")) {
            Region region = region(tokens, values);
            List<Region> parts = new ArrayList<>();
            while (tokens.skip("part")) {
                parts.add(region(tokens, values));
            }
            regions.add(parts.isEmpty() ? region : Region.loop(parts));
        }
        List<NotFused> apart = new ArrayList<>();
        while (tokens.skip("apart")) {
            apart.add(new NotFused(value(tokens, values), value(tokens, values), tokens.word()));
        }
        if (!tokens.atEnd()) {
            throw tokens.failure("nothing must follow, got %s", tokens.word());
        }
        return new Schedule(graph, regions, apart);
    }

    private static Region region(Tokens tokens, Map<Integer, Value> values) {
        String kind = tokens.word();
        Region.Kind known = Arrays.stream(Region.Kind.values())
                .filter(one -> one.toString().equals(kind))
                .findFirst()
                .orElseThrow(() -> tokens.failure("a region must be map, contract, stream or table, got %s", kind));
        List<Long> outer = part(tokens, "outer", tokens::integer);
        List<Long> row = part(tokens, "row", tokens::integer);
        List<Value> inputs = part(tokens, "reads", () -> value(tokens, values));
        List<Value> outputs = part(tokens, "stores", () -> value(tokens, values));
        List<Value> computed = new ArrayList<>();
        tokens.expect("{");
        while (!tokens.skip("}")) {
            computed.add(value(tokens, values));
        }
        return new Region(known, new IterationSpace(outer, row), computed, inputs, outputs);
    }

    private static <T> List<T> part(Tokens tokens, String name, Supplier<T> item) {
        tokens.expect(name);
        tokens.expect("=");
        return tokens.list("[", "]", item);
    }

    private static Value value(Tokens tokens, Map<Integer, Value> values) {
        int number = tokens.reference();
        Value value = values.get(number);
        if (value == null) {
            throw tokens.failure("the graph has no value %%%d", number);
        }
        return value;
    }
}
