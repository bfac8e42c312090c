package dev.weft.cli;

import dev.weft.cli.profile.EntryRegions;
import dev.weft.cli.profile.RegionFacts;
import dev.weft.cli.profile.ReportPage;
import dev.weft.cli.profile.Roofline;
import dev.weft.models.Model;
import dev.weft.models.Weft;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What each region costs and how fast the machine can do it at best: as a table, as JSON and as a page of HTML. */
record RegionReport(String title, List<EntryRegions> entries, Optional<Roofline> roofline) {

    RegionReport {
        entries = List.copyOf(entries);
    }

    /** The report on these entries; measures what the machine can do, where the backend knows how. */
    static RegionReport of(String program, List<String> names, Weft weft, Model model) {
        var schedules = CompileTrace.schedules(model, weft.backend());
        return new RegionReport(
                "%s on %s".formatted(program, weft.backendName()),
                names.stream()
                        .map(name -> new EntryRegions(name, RegionFacts.of(schedules.get(name))))
                        .toList(),
                weft.backend().limits().map(Roofline::new));
    }

    List<Map<String, Object>> json() {
        return entries.stream()
                .flatMap(entry -> entry.rows(roofline).stream().map(row -> json(entry.entry(), row)))
                .toList();
    }

    private static Map<String, Object> json(String entry, EntryRegions.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("entry", entry);
        json.put("kind", row.region().kind());
        json.put("count", row.count());
        json.put("gflop", (double) row.count() * row.region().cost().flops() / 1e9);
        json.put("bytes", (double) row.count() * row.region().bytes());
        json.put("flop_per_byte", row.intensity());
        json.put("limited_by", row.side().map(Roofline.Side::toString).orElse(null));
        json.put("ms_at_best", row.side().isPresent() ? row.seconds() * 1e3 : null);
        json.put("path", row.region().layer());
        json.put("source", row.region().source());
        json.put("work", row.region().work());
        return json;
    }

    void print(PrintStream out) {
        for (EntryRegions entry : entries) {
            out.println(entry.entry() + ": " + entry.summary(roofline));
            out.println();
            Table table = new Table(EntryRegions.TITLES.toArray(String[]::new));
            entry.rows(roofline).forEach(row -> table.row(row.cells().toArray(String[]::new)));
            table.print(out);
            out.println();
        }
        out.println(roofline.map(line -> ReportPage.machine(line.limits()))
                .orElse("this backend does not say what the machine can do, so no time is predicted"));
    }

    void write(OutputFile file) {
        file.write(ReportPage.html(title, entries, roofline));
    }
}
