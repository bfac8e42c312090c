package dev.weft.cli;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.PluginPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The backends and what each thinks of this machine. */
@Command(
        name = "backends",
        description = "List the backends, best first, and why one cannot run here.",
        footer = {"", "Example: weft backends --plugin-path my-backend.jar"})
final class BackendsCommand extends Action {

    @Mixin
    final PluginOptions plugins = new PluginOptions();

    BackendsCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        try (PluginPath path = plugins.load()) {
            List<Map<String, Object>> rows = rows(path);
            result(
                    Map.of("backends", rows),
                    out -> rows.forEach(row ->
                            out.printf("%-10s %5s  %s%n", row.get("name"), row.get("score"), row.get("reason"))));
        }
        return ExitCode.DONE;
    }

    /** A row for each backend: name, score, reason. */
    private static List<Map<String, Object>> rows(PluginPath path) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (BackendProvider provider : Backends.find(path)) {
            BackendProvider.Score score = provider.score();
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", provider.name());
            row.put("score", score.value());
            row.put("reason", score.reason());
            rows.add(row);
        }
        return rows;
    }
}
