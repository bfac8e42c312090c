package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** The tables of {@code docs/performance.md}, made from the JSON of a run. Each stands between two comments that name it. */
final class PerformancePage {

    private PerformancePage() {}

    /** The page with its tables written anew. */
    static String filled(String page, JsonNode run) {
        String filled = page;
        for (Map.Entry<String, String> table : tables(run).entrySet()) {
            String begin = "<!-- bench: " + table.getKey() + " -->\n\n";
            String end = "\n<!-- end of " + table.getKey() + " -->";
            int from = filled.indexOf(begin);
            int to = filled.indexOf(end);
            if (from < 0 || to < from) {
                throw new IllegalArgumentException(
                        "page: must have a place between %s and %s".formatted(begin.strip(), end.strip()));
            }
            filled = filled.substring(0, from + begin.length()) + table.getValue() + filled.substring(to);
        }
        return filled;
    }

    private static SequencedMap<String, String> tables(JsonNode run) {
        SequencedMap<String, String> tables = new LinkedHashMap<>();
        tables.put("machine", machine(run));
        tables.put("targets", targets(run));
        tables.put("times", times(run));
        return tables;
    }

    private static String machine(JsonNode run) {
        StringBuilder table = new StringBuilder("| | |\n|---|---|\n");
        row(
                table,
                "date, commit",
                run.path("date").asText() + ", " + run.path("commit").asText());
        run.path("machine")
                .properties()
                .forEach(fact -> row(table, fact.getKey(), fact.getValue().asText()));
        run.path("versions")
                .properties()
                .forEach(fact -> row(table, fact.getKey(), fact.getValue().asText()));
        JsonNode peaks = run.path("peaks");
        row(table, "products, f32", number(peaks.path("f32_gflops")) + " GFLOP/s");
        row(table, "products, bf16", number(peaks.path("bf16_gflops")) + " GFLOP/s");
        row(table, "reading", number(peaks.path("read_gbps")) + " GB/s");
        row(table, "repeats", run.path("repeats").asText());
        return table.toString();
    }

    private static String targets(JsonNode run) {
        StringBuilder table = new StringBuilder("| row | work | must be | is | |\n|---|---|---|---|---|\n");
        for (JsonNode result : run.path("results")) {
            for (JsonNode target : result.path("targets")) {
                row(
                        table,
                        result.path("work").asText(),
                        result.path("title").asText(),
                        target.path("bound").asText() + " "
                                + target.path("what").asText(),
                        number(target.path("value")),
                        target.path("verdict").asText());
            }
        }
        return table.toString();
    }

    private static String times(JsonNode run) {
        StringBuilder table = new StringBuilder(
                "| row | side | ms | quartiles | tokens/s | GFLOP/s | of the limit | resident, GB | last loss | times ours |\n"
                        + "|---|---|---|---|---|---|---|---|---|---|\n");
        for (JsonNode result : run.path("results")) {
            double ours = result.path("ours_ms").asDouble(Double.NaN);
            for (JsonNode side : result.path("sides")) {
                side(table, result, side, ours);
            }
        }
        return table.toString();
    }

    private static void side(StringBuilder table, JsonNode result, JsonNode side, double ours) {
        String name = result.path("work").asText();
        if (side.has("not_available")) {
            row(
                    table,
                    name,
                    side.path("name").asText(),
                    "not available: "
                            + side.path("not_available")
                                    .asText()
                                    .lines()
                                    .findFirst()
                                    .orElse(""),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "");
            return;
        }
        double millis = side.path("ms").asDouble();
        double bytes = side.path("peak_resident_bytes").asDouble(Double.NaN);
        double loss = side.path("loss").asDouble(Double.NaN);
        row(
                table,
                name,
                side.path("name").asText(),
                Numbers.of(millis),
                number(side.path("lower_ms")) + " to " + number(side.path("upper_ms")),
                number(side.path("tokens_per_second")),
                number(side.path("gflops")),
                percent(result.path("limit_ms").asDouble(Double.NaN) / millis),
                Numbers.of(bytes / 1e9),
                Double.isNaN(loss) ? "–" : String.format(Locale.ROOT, "%.4f", loss),
                Double.isNaN(ours) ? "–" : String.format(Locale.ROOT, "%.2f", millis / ours));
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    private static String number(JsonNode number) {
        return Numbers.of(number.asDouble(Double.NaN));
    }

    private static void row(StringBuilder table, String... cells) {
        table.append("| ").append(String.join(" | ", cells).replace("\n", " ")).append(" |\n");
    }
}
