package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** The tables of {@code docs/performance.md}, made from the JSON of a run or of several. Each stands between two comments that name it. */
final class PerformancePage {

    private static final String NOT_MEASURED = "not measured";

    private PerformancePage() {}

    /** The page with its tables written anew. */
    static String filled(String page, JsonNode run) {
        return filled(page, tables(run));
    }

    /** The page with its table of a GPU written anew. */
    static String filledForGpu(String page, JsonNode run) {
        return filled(page, Map.of("cuda", gpu(run)));
    }

    private static String filled(String page, Map<String, String> tables) {
        String filled = page;
        for (Map.Entry<String, String> table : tables.entrySet()) {
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
        tables.put("runs", runs(run));
        tables.put("targets", targets(run));
        tables.put("times", times(run));
        tables.put("bytes", bytes(run));
        return tables;
    }

    private static String machine(JsonNode run) {
        StringBuilder table = new StringBuilder("| | |\n|---|---|\n");
        run.path("machine")
                .properties()
                .forEach(fact -> row(table, fact.getKey(), fact.getValue().asText()));
        run.path("versions")
                .properties()
                .forEach(fact -> row(table, fact.getKey(), fact.getValue().asText()));
        return table.toString();
    }

    /** When rows were made, and what the machine reached then: a line for each run that the file has rows of. */
    private static String runs(JsonNode run) {
        SequencedMap<JsonNode, List<String>> rows = new LinkedHashMap<>();
        for (JsonNode result : run.path("results")) {
            rows.computeIfAbsent(RunFile.facts(run, result), _ -> new ArrayList<>())
                    .add(result.path("work").asText());
        }
        String others = rows.sequencedEntrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                .map(entry -> entry.getKey().path("date").asText())
                .orElse("");
        StringBuilder table = new StringBuilder(
                "| rows | date, commit | processor | repeats | products f32, GFLOP/s | bf16 | reading, GB/s |\n"
                        + "|---|---|---|---|---|---|---|\n");
        rows.forEach((facts, names) -> {
            JsonNode peaks = facts.path("peaks");
            boolean most = rows.size() > 1 && facts.path("date").asText().equals(others);
            row(
                    table,
                    rows.size() == 1 ? "all" : most ? "all others" : String.join(", ", names),
                    facts.path("date").asText() + ", " + facts.path("commit").asText(),
                    facts.path("machine").path("processors").asText() + " × "
                            + facts.path("machine").path("processor").asText(),
                    facts.path("repeats").asText(),
                    number(peaks.path("f32_gflops")),
                    number(peaks.path("bf16_gflops")),
                    number(peaks.path("read_gbps")));
        });
        return table.toString();
    }

    /** A line for each target of the suite, and one for a row without; what no run has is not measured. */
    private static String gpu(JsonNode run) {
        StringBuilder table = new StringBuilder("| row | work | must be | is | | on |\n|---|---|---|---|---|---|\n");
        Map<String, JsonNode> measured = new LinkedHashMap<>();
        run.path("results").forEach(result -> measured.put(result.path("work").asText(), result));
        for (Row row : CudaRows.all()) {
            JsonNode result = measured.getOrDefault(row.name(), MissingNode.getInstance());
            JsonNode facts = RunFile.facts(run, result);
            String on = facts.path("machine").path("device").asText() + ", "
                    + facts.path("date").asText() + ", " + facts.path("commit").asText();
            List<Target> targets = row.targets();
            if (targets.isEmpty()) {
                boolean there = result.path("ours_ms").isNumber();
                row(
                        table,
                        row.name(),
                        row.title(),
                        "–",
                        there ? number(result.path("ours_ms")) + " ms" : NOT_MEASURED,
                        "",
                        there ? on : "");
            }
            for (int i = 0; i < targets.size(); i++) {
                JsonNode target = result.path("targets").path(i);
                boolean there = target.path("value").isNumber();
                row(
                        table,
                        row.name(),
                        row.title(),
                        targets.get(i).words(),
                        there ? number(target.path("value")) : NOT_MEASURED,
                        there ? target.path("verdict").asText() : "",
                        there ? on : "");
            }
        }
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

    /** What was written, for rows that compare that. */
    private static String bytes(JsonNode run) {
        StringBuilder table = new StringBuilder("| row | side | bytes | ms |\n|---|---|---|---|\n");
        for (JsonNode result : run.path("results")) {
            for (JsonNode side : comparesBytes(result) ? result.path("sides") : List.<JsonNode>of()) {
                JsonNode bytes = side.path("written_bytes");
                row(
                        table,
                        result.path("work").asText(),
                        side.path("name").asText(),
                        bytes.isNumber() ? String.format(Locale.ROOT, "%,d", bytes.asLong()) : "–",
                        number(side.path("ms")));
            }
        }
        return table.toString();
    }

    private static boolean comparesBytes(JsonNode result) {
        return result.path("sides").findValue("written_bytes") != null;
    }

    private static String times(JsonNode run) {
        StringBuilder table = new StringBuilder(
                "| row | side | ms | quartiles | tokens/s | GFLOP/s | of the limit | resident, GB | last loss | times ours |\n"
                        + "|---|---|---|---|---|---|---|---|---|---|\n");
        for (JsonNode result : run.path("results")) {
            double ours = result.path("ours_ms").asDouble(Double.NaN);
            for (JsonNode side : comparesBytes(result) ? List.<JsonNode>of() : result.path("sides")) {
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
