package dev.weft.graph.plan;

import dev.weft.graph.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The text form of plans.
 *
 * <pre>{@code
 * plan  = "plan" "arena" "=" BYTES { slab } { entry }
 * slab  = "slab" STRING "bytes" "=" BYTES "{" { STRING OFFSET BYTES } "}"
 * entry = "entry" STRING "arena" "=" BYTES "{" { step } "}"
 * step  = "run" REGION "reads" "=" places "stores" "=" places | "copy" place "to" place
 * place = ( "slab" | "arena" | "input" | "output" ) INDEX OFFSET BYTES
 * places = "[" [ place { "," place } ] "]"
 * }</pre>
 */
public final class PlanText {

    private PlanText() {}

    public static String print(Plan plan) {
        StringBuilder out = new StringBuilder("plan arena=%d  // %d bytes of slabs, peak %d and scratch\n"
                .formatted(plan.arenaBytes(), plan.slabBytes(), plan.peakBytes(0)));
        for (Slab slab : plan.slabs()) {
            out.append("slab %s bytes=%d {\n".formatted(quoted(slab.name()), slab.bytes()));
            slab.places().forEach((name, range) -> out.append("  ")
                    .append(quoted(name))
                    .append(" %d %d\n".formatted(range.offset(), range.bytes())));
            out.append("}\n");
        }
        for (EntryPlan entry : plan.entries()) {
            out.append("entry %s arena=%d {\n".formatted(quoted(entry.entry()), entry.arenaBytes()));
            entry.steps().forEach(step -> out.append("  ").append(print(step)).append('\n'));
            out.append("}\n");
        }
        return out.toString();
    }

    private static String print(Step step) {
        return switch (step) {
            case Step.Run run ->
                "run %d reads=%s stores=%s".formatted(run.region(), print(run.inputs()), print(run.outputs()));
            case Step.Copy copy -> "copy %s to %s".formatted(print(copy.from()), print(copy.to()));
        };
    }

    private static String print(List<Location> places) {
        return places.stream().map(PlanText::print).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String print(Location place) {
        return "%s %d %d %d"
                .formatted(place.area().name().toLowerCase(Locale.ROOT), place.index(), place.offset(), place.bytes());
    }

    private static String quoted(String name) {
        return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /**
     * The plan of a text.
     *
     * @throws dev.weft.graph.UserException with the line, if it is none
     */
    public static Plan parse(String text) {
        Tokens tokens = new Tokens(text);
        tokens.expect("plan");
        long arena = bytes(tokens, "arena");
        List<Slab> slabs = new ArrayList<>();
        while (tokens.skip("slab")) {
            slabs.add(slab(tokens));
        }
        List<EntryPlan> entries = new ArrayList<>();
        while (tokens.skip("entry")) {
            String name = tokens.word();
            long used = bytes(tokens, "arena");
            entries.add(new EntryPlan(name, used, braces(tokens, () -> step(tokens))));
        }
        if (!tokens.atEnd()) {
            throw tokens.failure("nothing must follow, got %s", tokens.word());
        }
        return new Plan(slabs, arena, entries);
    }

    private static Slab slab(Tokens tokens) {
        String name = tokens.word();
        long bytes = bytes(tokens, "bytes");
        Map<String, Slab.Range> places = new LinkedHashMap<>();
        braces(tokens, () -> places.put(tokens.word(), new Slab.Range(tokens.integer(), tokens.integer())));
        return new Slab(name, bytes, places);
    }

    private static Step step(Tokens tokens) {
        if (tokens.skip("copy")) {
            Location from = place(tokens);
            tokens.expect("to");
            return new Step.Copy(from, place(tokens));
        }
        tokens.expect("run");
        int region = (int) tokens.integer();
        return new Step.Run(region, places(tokens, "reads"), places(tokens, "stores"));
    }

    private static List<Location> places(Tokens tokens, String name) {
        tokens.expect(name);
        tokens.expect("=");
        return tokens.list("[", "]", () -> place(tokens));
    }

    private static Location place(Tokens tokens) {
        String area = tokens.word();
        Location.Area known = Arrays.stream(Location.Area.values())
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(area))
                .findFirst()
                .orElseThrow(() -> tokens.failure("a place must be in slab, arena, input or output, got %s", area));
        return new Location(known, (int) tokens.integer(), tokens.integer(), tokens.integer());
    }

    private static long bytes(Tokens tokens, String name) {
        tokens.expect(name);
        tokens.expect("=");
        return tokens.integer();
    }

    private static <T> List<T> braces(Tokens tokens, Supplier<T> item) {
        tokens.expect("{");
        List<T> items = new ArrayList<>();
        while (!tokens.skip("}")) {
            items.add(item.get());
        }
        return items;
    }
}
