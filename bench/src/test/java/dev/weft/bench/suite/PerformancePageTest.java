package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tables of docs/performance.md are those of bench/results/cpu.json; {@code -Dweft.accept=true} writes them anew. */
class PerformancePageTest {

    private static final Path PAGE = Path.of("../docs/performance.md");
    private static final Path RUN = Path.of("results/cpu.json");
    private static final Path GPU_RUN = Path.of("results/cuda.json");

    private static final String SMALL = """
            {"date": "today", "commit": "abc", "machine": {"processor": "one", "processors": 2}, "versions": {"java": "25"}, "repeats": 5,
             "peaks": {"f32_gflops": 200, "bf16_gflops": null, "read_gbps": 40},
             "results": [{"work": "gpt2", "title": "a step", "ours_ms": 50, "limit_ms": 40,
               "sides": [{"name": "weft f32", "ms": 50, "lower_ms": 49, "upper_ms": 51, "tokens_per_second": 20, "gflops": 100,
                          "peak_resident_bytes": 2500000000, "loss": 1.23456},
                         {"name": "libtorch f32", "ms": 100, "lower_ms": 99, "upper_ms": 101},
                         {"name": "torch f32", "not_available": "needs a Python"}],
               "targets": [{"what": "times", "bound": "at least 2.00", "value": 2, "verdict": "held"}]}]}
            """;

    private static final String BYTES = """
            {"date": "today", "commit": "abc", "machine": {"processor": "one", "processors": 2}, "repeats": 1,
             "results": [{"work": "compression", "title": "a text", "ours_ms": 9,
               "sides": [{"name": "weft compress", "ms": 9, "written_bytes": 31125}, {"name": "weft train", "ms": 1000},
                         {"name": "xz -9", "ms": 7, "written_bytes": 41028}]}]}
            """;

    @Test
    void theTablesAreThoseOfTheRun() throws IOException {
        JsonNode run = run();
        String page = Files.readString(PAGE);
        if (Boolean.getBoolean("weft.accept")) {
            page = PerformancePage.filledForGpu(PerformancePage.filled(page, run), gpuRun());
            Files.writeString(PAGE, page);
        }

        assertThat(page)
                .as("docs/performance.md is stale: run this test with -Dweft.accept=true")
                .isEqualTo(PerformancePage.filledForGpu(PerformancePage.filled(page, run), gpuRun()));
    }

    @Test
    void whatNoRunOfAGpuHasIsNotMeasured() throws IOException {
        String page = "<!-- bench: cuda -->\n\nstale\n<!-- end of cuda -->\n";
        JsonNode run = new ObjectMapper().readTree("""
                {"date": "today", "commit": "abc", "machine": {"device": "a GPU"},
                 "results": [{"work": "gelu", "ours_ms": 3, "targets": [{"value": 0.91, "verdict": "held"}]}]}
                """);

        assertThat(PerformancePage.filledForGpu(page, MissingNode.getInstance())
                        .lines()
                        .filter(line -> line.startsWith("| ") && !line.startsWith("| row ")))
                .hasSizeGreaterThan(CudaRows.all().size())
                .allMatch(line -> line.endsWith(" | not measured |  |  |"));
        assertThat(PerformancePage.filledForGpu(page, run))
                .contains("at least 0.800 of the limit | 0.910 | held | a GPU, today, abc |", "not measured")
                .doesNotContain("stale");
    }

    private static JsonNode gpuRun() throws IOException {
        return Files.isReadable(GPU_RUN) ? new ObjectMapper().readTree(GPU_RUN.toFile()) : MissingNode.getInstance();
    }

    @Test
    void everyRowOfTheSuiteIsInTheRun() throws IOException {
        JsonNode run = run();

        assertThat(run.path("results").findValuesAsText("work"))
                .as("bench/results/cpu.json is of another suite: make it anew with ./weft bench")
                .containsExactlyElementsOf(Rows.cpu().stream().map(Row::name).toList());
    }

    private static JsonNode run() throws IOException {
        assumeTrue(Files.isReadable(RUN), () -> RUN + " is not there: ./weft bench writes it");
        return new ObjectMapper().readTree(RUN.toFile());
    }

    private static String places() {
        return "<!-- bench: machine -->\n\nold\n<!-- end of machine -->\n<!-- bench: runs -->\n\n\n<!-- end of runs -->\n<!-- bench: targets -->\n\n\n<!-- end of targets -->\n"
                + "<!-- bench: times -->\n\n\n<!-- end of times -->\n<!-- bench: bytes -->\n\n\n<!-- end of bytes -->\n";
    }

    @Test
    void aSideIsARowAndOneThatIsNotThereSaysWhy() throws IOException {
        String page = places();

        assertThat(PerformancePage.filled(page, new ObjectMapper().readTree(SMALL)))
                .contains("| processor | one |", "| all | today, abc | 2 × one | 5 | 200 | – | 40.0 |")
                .contains("| gpt2 | a step | at least 2.00 times | 2.00 | held |")
                .contains("| gpt2 | weft f32 | 50.0 | 49.0 to 51.0 | 20.0 | 100 | 80 % | 2.50 | 1.2346 | 1.00 |")
                .contains("| gpt2 | libtorch f32 | 100 | 99.0 to 101 | – | – | 40 % | – | – | 2.00 |")
                .contains("| gpt2 | torch f32 | not available: needs a Python |")
                .doesNotContain("old");
    }

    @Test
    void aRowThatComparesBytesIsNotAmongTheTimes() throws IOException {
        assertThat(PerformancePage.filled(places(), new ObjectMapper().readTree(BYTES)))
                .contains("| compression | weft compress | 31,125 | 9.00 |", "| compression | xz -9 | 41,028 | 7.00 |")
                .containsOnlyOnce("weft train")
                .contains("| compression | weft train | – | 1,000 |");
    }

    @Test
    void rowsOfAnotherRunHaveALineOfTheirOwn() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode later =
                (ObjectNode) mapper.readTree(SMALL.replace("today", "tomorrow").replace("gpt2", "llama"));
        JsonNode earlier = mapper.readTree(SMALL);
        List<String> order = List.of("gpt2", "nanogpt", "llama");

        ObjectNode both = RunFile.merged(later, earlier, order);
        ObjectNode again = RunFile.merged((ObjectNode) mapper.readTree(SMALL.replace("50", "60")), both, order);

        assertThat(both.path("results").findValuesAsText("work")).containsExactly("gpt2", "llama");
        assertThat(both.path("date").asText()).isEqualTo("tomorrow");
        assertThat(both.path("results").get(0).path("run").path("date").asText())
                .isEqualTo("today");
        assertThat(PerformancePage.filled(places(), both)).contains("today, abc | 2 × one", "tomorrow, abc | 2 × one");
        assertThat(again.path("results").findValuesAsText("work")).containsExactly("gpt2", "llama");
        assertThat(again.path("results").get(0).path("ours_ms").asInt())
                .as("the row that was measured again")
                .isEqualTo(60);
    }

    @Test
    void aPageWithoutAPlaceForATableIsRefused() throws IOException {
        JsonNode run = new ObjectMapper().readTree(SMALL);

        assertThatThrownBy(() -> PerformancePage.filled("nothing", run))
                .hasMessage("page: must have a place between <!-- bench: machine --> and <!-- end of machine -->");
    }
}
