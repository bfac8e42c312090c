package dev.weft.cli;

import dev.weft.backend.spi.Limits;
import dev.weft.cli.profile.Profile;
import dev.weft.cli.profile.Roofline;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** Where the time of an entry went, as a table and as JSON. */
record ProfileReport(String backend, String entry, int runs, Profile profile, Roofline roofline) {

    SequencedMap<String, Object> json() {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("backend", backend);
        json.put("entry", entry);
        json.put("runs", runs);
        json.put("ms", profile.seconds() * 1e3);
        json.put("busy", profile.busy());
        json.put("waiting", profile.waiting());
        json.put("dispatch", profile.dispatch());
        Limits limits = roofline.limits();
        json.put("peak_gflops_f32", limits.f32Flops() / 1e9);
        json.put("peak_gflops_bf16", limits.bf16Flops() / 1e9);
        json.put("read_gb_per_s", limits.readBytes() / 1e9);
        json.put("limit_ms", limit() * 1e3);
        json.put("regions", profile.rows().stream().map(this::json).toList());
        return json;
    }

    private Map<String, Object> json(Profile.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", row.region().kind());
        json.put("count", row.count());
        json.put("ms", row.seconds() * 1e3);
        json.put("share", row.seconds() / profile.seconds());
        json.put("busy", row.busy());
        json.put("gflop", row.flops() / 1e9);
        json.put("bytes", row.bytes());
        json.put("gflop_per_s", row.flops() / row.seconds() / 1e9);
        json.put("gb_per_s", row.bytes() / row.seconds() / 1e9);
        json.put("of_roofline", row.ofRoofline(roofline));
        json.put("limited_by", roofline.side(row.region()).toString());
        json.put("path", row.region().layer());
        json.put("source", row.region().source());
        json.put("work", row.region().work());
        return json;
    }

    /** Seconds that all regions would take at their rooflines. */
    private double limit() {
        return profile.rows().stream()
                .mapToDouble(row -> row.count() * roofline.seconds(row.region()))
                .sum();
    }

    void print(PrintStream out) {
        Table table = new Table(
                "share%",
                "ms", "busy%", "count", "kind", "GFLOP", "MB", "GFLOP/s", "GB/s", "roof%", "path", "source", "work");
        for (Profile.Row row : profile.rows()) {
            table.row(
                    number("%.1f", 100 * row.seconds() / profile.seconds()),
                    number("%.3f", row.seconds() * 1e3),
                    number("%.0f", 100 * row.busy()),
                    "" + row.count(),
                    row.region().kind(),
                    number("%.3f", row.flops() / 1e9),
                    number("%.2f", row.bytes() / 1e6),
                    number("%.1f", row.flops() / row.seconds() / 1e9),
                    number("%.1f", row.bytes() / row.seconds() / 1e9),
                    number("%.0f", 100 * row.ofRoofline(roofline)),
                    row.region().layer(),
                    row.region().source(),
                    row.region().work());
        }
        table.print(out);
        Limits limits = roofline.limits();
        out.println();
        out.println("machine  %s GFLOP/s f32, %s GFLOP/s bf16, reads %s GB/s; roof%% above 100 is read from caches"
                .formatted(
                        number("%.0f", limits.f32Flops() / 1e9),
                        number("%.0f", limits.bf16Flops() / 1e9),
                        number("%.1f", limits.readBytes() / 1e9)));
        List<String> parts = new ArrayList<>();
        parts.add("median of %d runs %s ms".formatted(runs, number("%.3f", profile.seconds() * 1e3)));
        parts.add("%s ms at the roofline".formatted(number("%.3f", limit() * 1e3)));
        parts.add("threads work %s %%".formatted(number("%.1f", 100 * profile.busy())));
        parts.add("wait for each other %s %%".formatted(number("%.1f", 100 * profile.waiting())));
        parts.add("dispatch %s %%".formatted(number("%.1f", 100 * profile.dispatch())));
        out.println("%-7s  %s".formatted(entry, String.join(", ", parts)));
    }

    private static String number(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
