package dev.weft.cli;

import dev.weft.cli.profile.RegionFacts;
import dev.weft.graph.Entry;
import dev.weft.graph.Origin;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.Kept;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.text.ProgramPrinter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What an entry keeps in memory from what leads to its first output, the loss, for what comes after it: its gradients. */
final class KeptTable {

    private static final int READERS_SHOWN = 3;

    private final Schedule schedule;
    private final List<RegionFacts> regions;
    private final Map<Value, Integer> numbers;

    private KeptTable(Schedule schedule) {
        this.schedule = schedule;
        this.regions = RegionFacts.of(schedule);
        this.numbers = ProgramPrinter.numbers(schedule.graph());
    }

    /** The table, with a line for each value and one for all together. */
    static String text(Entry entry, Schedule schedule, FusionModel model) {
        String heading = "kept \"" + entry.name() + "\"  // ";
        if (entry.outputs().isEmpty()) {
            return heading + "the entry gives nothing, so nothing leads to a loss\n";
        }
        List<Kept> kept = Kept.of(schedule, model, schedule.graph().results().getFirst());
        long bytes =
                kept.stream().mapToLong(each -> each.value().type().bytes()).sum();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(text, false, StandardCharsets.UTF_8)) {
            out.println(heading
                    + (kept.isEmpty()
                            ? "nothing: no region after the first output reads what leads to it"
                            : "%d values, %s".formatted(kept.size(), CompileReport.bytes(bytes))));
            if (!kept.isEmpty()) {
                new KeptTable(schedule).table(kept).print(out);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private Table table(List<Kept> kept) {
        Table table = new Table("value", "type", "bytes", "path", "source", "made by", "read by", "kept because");
        for (Kept each : kept) {
            List<Origin> origins = schedule.graph().provenance().of(each.value());
            table.row(
                    "%" + numbers.get(each.value()),
                    ProgramPrinter.type(each.value().type()),
                    Long.toString(each.value().type().bytes()),
                    origins.isEmpty() ? "" : origins.getFirst().path().replace('/', '.'),
                    origins.isEmpty() ? "" : RegionFacts.line(origins.getFirst()),
                    region(each.home()),
                    readers(each),
                    each.reason());
        }
        return table;
    }

    private String readers(Kept kept) {
        List<String> shown = new ArrayList<>();
        kept.readers().stream().limit(READERS_SHOWN).forEach(reader -> shown.add(region(reader)));
        int more = kept.readers().size() - READERS_SHOWN;
        return shown.stream().collect(Collectors.joining(", ")) + (more > 0 ? " and " + more + " more" : "");
    }

    /** {@code 12 map}: its number in {@code --emit schedule}, counted from 0, and its kind. */
    private String region(int number) {
        return number + " " + regions.get(number).kind();
    }
}
