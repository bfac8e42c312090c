package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backends;
import dev.weft.backend.testkit.Check;
import dev.weft.backend.testkit.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tables of docs/correctness.md are what {@code weft conformance --backend cpu --markdown FILE} writes; {@code -Dweft.accept=true} runs
 * it and writes them anew. Errors depend on the processor, so what is compared otherwise is what there must be figures of.
 */
class CorrectnessPageTest {

    private static final Path PAGE = Jars.project().resolve("docs/correctness.md");
    private static final String BEGIN = "<!-- conformance -->\n\n";
    private static final String END = "\n<!-- end of conformance -->";

    @Test
    void everyCheckOfTheKitHasItsFigure(@TempDir Path folder) throws IOException {
        if (Boolean.getBoolean("weft.accept")) {
            accept(folder);
        }
        Map<String, String> figures = figures(tables(Files.readString(PAGE)));

        List<String> names = new ArrayList<>();
        try (Conformance kit = new Conformance(Backends.named("cpu"))) {
            kit.checks().stream().map(Check::toString).forEach(names::add);
        }
        assertThat(figures.keySet())
                .as("docs/correctness.md is stale: run this test with -Dweft.accept=true")
                .containsExactlyInAnyOrderElementsOf(names);
        assertThat(figures.values())
                .allMatch(figure -> figure.matches("0|[1-9]\\.[0-9]e-[0-9]+"), "0 or a small number");
    }

    private static void accept(Path folder) throws IOException {
        Path tables = folder.resolve("tables.md");
        assertThat(Run.weft("conformance", "--backend", "cpu", "--markdown", tables.toString())
                        .code())
                .isZero();
        String page = Files.readString(PAGE);
        Files.writeString(PAGE, page.replace(tables(page), Files.readString(tables)));
    }

    private static String tables(String page) {
        assertThat(page).contains(BEGIN, END);
        return page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
    }

    /** Figures by the names of checks: {@code ops: exp f32}. */
    private static Map<String, String> figures(String tables) {
        Map<String, String> figures = new LinkedHashMap<>();
        String[] types = {};
        for (String line : tables.lines().filter(line -> line.startsWith("| ")).toList()) {
            String[] cells = line.substring(2, line.length() - 2).split(" \\| ");
            if (cells[0].equals("op")) {
                types = cells;
            } else if (cells.length == types.length) {
                for (int i = 1; i < cells.length; i++) {
                    if (!cells[i].equals("–")) {
                        figures.put("ops: " + cells[0] + " " + types[i], cells[i]);
                    }
                }
            } else if (!cells[0].equals("check")) {
                figures.put(cells[0], cells[1]);
            }
        }
        return figures;
    }
}
