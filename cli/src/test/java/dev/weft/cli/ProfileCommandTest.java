package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles, reports and traces: what is shown adds up, and can be read by others. */
class ProfileCommandTest {

    private static final String SMALL = "layers=2,width=8,heads=2,vocab=50,context=8";

    @TempDir
    Path folder;

    private static Run profile(String... more) {
        return profile(List.of("mlp", "--entry", "step", "--dim", "B=8"), more);
    }

    private static Run profile(List<String> what, String... more) {
        List<String> words = new ArrayList<>(List.of("profile"));
        words.addAll(what);
        words.addAll(List.of("--steps", "2", "--warmup", "1"));
        words.addAll(List.of(more));
        return Run.weft(words.toArray(String[]::new));
    }

    @Test
    void theTableEndsWithWhatThreadsDidBesides() {
        Run run = profile("--threads", "2");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("share%")
                .contains("nn.weft:", "adamw.weft:", "contract", "GFLOP/s f32")
                .containsPattern(
                        "step +median of 2 runs [0-9.]+ ms, .* threads work .* wait for each other .* dispatch");
    }

    @Test
    void jsonAddsUp() throws IOException {
        JsonNode json =
                new ObjectMapper().readTree(profile("--json", "--threads", "1").out());

        double shares = 0;
        int regions = 0;
        for (JsonNode row : json.get("regions")) {
            shares += row.get("share").asDouble();
            regions += row.get("count").asInt();
            assertThat(row.get("ms").asDouble()).isPositive();
            assertThat(row.get("of_roofline").asDouble()).isNotNegative();
        }
        assertThat(shares).isBetween(0.05, 1.2);
        assertThat(regions).isGreaterThan(5);
        assertThat(json.get("busy").asDouble()
                        + json.get("waiting").asDouble()
                        + json.get("dispatch").asDouble())
                .isBetween(0.8, 1.2);
        assertThat(json.get("peak_gflops_f32").asDouble()).isPositive();
    }

    @Test
    void theTraceHasAnEventForEachStepAndThread() throws IOException {
        Path file = folder.resolve("trace.json");
        Run run = profile(
                List.of("gpt", "--entry", "loss", "--dim", "B=2,T=8", "--set", SMALL),
                "--threads",
                "2",
                "--trace",
                file.toString());

        assertThat(run.code()).isZero();
        assertThat(run.err()).contains("the trace is in " + file);
        JsonNode trace = new ObjectMapper().readTree(file.toFile());
        Set<Integer> threads = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (JsonNode event : trace.get("traceEvents")) {
            if (event.get("ph").asText().equals("X")) {
                threads.add(event.get("tid").asInt());
                names.add(event.get("name").asText());
                assertThat(event.get("ts").asDouble()).isNotNegative();
                assertThat(event.get("dur").asDouble()).isNotNegative();
                assertThat(event.get("args").get("kernel").asText()).isNotEmpty();
            }
        }
        assertThat(threads).containsExactly(0, 1);
        assertThat(names).anyMatch(name -> name.contains("blocks.1.mlp.expand nn.weft:"));
    }

    @Test
    void decodingTakesInputsThatAreGiven() {
        Run run = profile(
                List.of("gpt", "--entry", "logits", "--dim", "B=1,T=1", "--set", SMALL + ",cached=true"),
                "--input",
                "at=3");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("logits");
    }

    @Test
    void aBackendThatNotesNoTimesIsNamed() {
        Run run = profile("--backend", "reference");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("backend reference: does not tell how long its steps take");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aTraceThatCannotBeWrittenIsSaidBeforeTheWork() {
        Run run = profile("--trace", folder.resolve("missing/trace.json").toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("--trace ", "cannot be written: there is no folder ");
    }

    @Test
    void wrongWordsAreAnswered() {
        assertThat(Run.weft("profile", "gpt", "--entry", "stop").code()).isEqualTo(ExitCode.USER);
        // Not by profile(…), which gives --steps already.
        Run none = Run.weft("profile", "mlp", "--entry", "step", "--dim", "B=8", "-n", "0");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).startsWith("error: weft profile: --steps: must be at least 1, got 0\n");
        assertThat(Run.weft("profile", "mlp", "--entry", "loss,scores", "--dim", "B=2")
                        .code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(profile("--input", "token=1").err()).contains("entry step: has no parameter token");
    }

    @Test
    void theReportIsOnePageWithoutOtherFiles() throws IOException {
        Path file = folder.resolve("report.html");
        Run run = Run.weft(
                "compile", "gpt", "--entry", "loss", "--dim", "B=2,T=8", "--set", SMALL, "--report", file.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(Files.readString(file))
                .startsWith("<!doctype html>")
                .endsWith("</html>\n")
                .contains("<svg", "blocks.*.attn.qkv", "nn.weft:", "memory", "ms at best")
                .doesNotContain("src=", "href=", "@import", "NaN", "Infinity");
    }

    @Test
    void theReportIsTextWithoutAFile() {
        Run run = Run.weft("compile", "mlp", "--entry", "loss", "--dim", "B=8", "--report");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("loss: ", "FLOP/byte", "mlp.weft:", "measured on this machine");
    }

    @Test
    void withoutLimitsTheReportPredictsNothing() throws IOException {
        Run text = Run.weft(
                "compile", "mlp", "--entry", "loss", "--dim", "B=8", "--report", "-", "--backend", "reference");
        Run json = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "loss",
                "--dim",
                "B=8",
                "--report",
                "-",
                "--backend",
                "reference",
                "--json");

        assertThat(text.out()).contains("this backend does not say what the machine can do");
        assertThat(new ObjectMapper()
                        .readTree(json.out())
                        .get("report")
                        .get(0)
                        .get("ms_at_best")
                        .isNull())
                .isTrue();
    }

    @Test
    void aReportThatCannotBeWrittenIsSaid() {
        Run run = Run.weft("compile", "mlp", "--entry", "loss", "--dim", "B=8", "--report", folder.toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("--report ", "cannot be written: is a folder; name a file");
    }

    @Test
    void whatIsKeptForTheWayBackHasAReason() {
        Run run = Run.weft("compile", "mlp", "--entry", "step", "--dim", "B=8", "--emit", "kept", "-q");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("kept \"step\"").contains("mlp.weft:", "a contract region reads it");
        assertThat(run.out().lines().skip(2))
                .isNotEmpty()
                .allMatch(line -> line.contains("twice")
                        || line.contains("memory")
                        || line.contains("worth")
                        || line.contains("saves")
                        || line.contains("read"));
    }
}
