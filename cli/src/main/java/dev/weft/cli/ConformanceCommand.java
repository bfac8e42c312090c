package dev.weft.cli;

import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.PluginPath;
import dev.weft.backend.testkit.Check;
import dev.weft.backend.testkit.Conformance;
import dev.weft.backend.testkit.Outcome;
import dev.weft.backend.testkit.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Proves a backend. */
@Command(
        name = "conformance",
        description = {
            "Prove that a backend computes what every op means.",
            "A table of ops and types with the worst error; then products, fusion, gradients, stored tensors, determinism, misuse."
        },
        footer = {"", "Example: weft conformance --backend cpu --only exp"})
final class ConformanceCommand extends Action {

    @Option(names = "--backend", paramLabel = "NAME", required = true, description = "The backend; see weft backends.")
    String backend = "";

    @Option(names = "--only", paramLabel = "TEXT", description = "Only checks whose group or name contains this text.")
    String only = "";

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Also write the tables to this file, as docs/correctness.md has them.")
    @Nullable
    Path markdown;

    @Mixin
    final PluginOptions plugins = new PluginOptions();

    ConformanceCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (markdown != null) {
            OutputFile.of("--markdown", markdown).require();
        }
        Report report = report();
        terminal().endProgress();
        if (markdown != null) {
            OutputFile.of("--markdown", markdown).write(report.markdown());
        }
        result(json(report), out -> out.print(report.text()));
        return report.conforms() ? ExitCode.DONE : ExitCode.USER;
    }

    private Report report() {
        try (PluginPath path = plugins.load();
                Conformance kit = new Conformance(Backends.named(backend, path))) {
            List<Check> checks = kit.checks().stream()
                    .filter(check -> check.toString().contains(only))
                    .toList();
            if (checks.isEmpty()) {
                throw refused("--only " + only + ": no check is named so");
            }
            kit.open();
            List<Outcome> outcomes = new ArrayList<>();
            for (Check check : checks) {
                progress("%d of %d: %s".formatted(outcomes.size() + 1, checks.size(), check));
                outcomes.add(check.run());
            }
            return new Report(backend, outcomes);
        }
    }

    private static Map<String, Object> json(Report report) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("backend", report.backend());
        json.put("conforms", report.conforms());
        for (Outcome.Verdict verdict : Outcome.Verdict.values()) {
            json.put(verdict.name().toLowerCase(Locale.ROOT), report.count(verdict));
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Outcome outcome : report.outcomes()) {
            SequencedMap<String, Object> row = new LinkedHashMap<>();
            row.put("group", outcome.group());
            row.put("name", outcome.name());
            if (outcome.group().equals("ops")) {
                String[] words = outcome.name().split(" ");
                row.put("op", words[0]);
                row.put("type", words[1]);
            }
            row.put("verdict", outcome.verdict().name().toLowerCase(Locale.ROOT));
            row.put("worst_error", outcome.deviation());
            row.put("detail", outcome.detail());
            rows.add(row);
        }
        json.put("results", rows);
        return json;
    }
}
