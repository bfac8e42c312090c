package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tensors are kept within a budget, which costs arithmetic and is said, or refused in a sentence. */
class MemoryBudgetTest {

    /** Memory comes in pages of 2 MiB: what the last page of each part has too much. */
    private static final double PAGES = 8 << 20;

    private static Run compile(String backend, String budget) {
        return Run.weft(
                "compile",
                "gpt",
                "--entry",
                "step",
                "--dim",
                "B=32,T=64",
                "--set",
                "layers=1,vocab=65",
                "--backend",
                backend,
                "--json",
                "--memory-budget",
                budget);
    }

    private static JsonNode json(String budget) throws JsonProcessingException {
        Run run = compile("cpu", budget);
        assertThat(run.err()).isEmpty();
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void lessMemoryCostsArithmetic() throws JsonProcessingException {
        JsonNode without = json("1g");
        double all = without.get("peak_bytes").asDouble();
        assertThat(without.get("regions_again").asDouble()).isZero();
        assertThat(without.get("saved_bytes").asDouble()).isZero();

        long budget = Math.round(all * 0.75);
        JsonNode less = json(Long.toString(budget));

        assertThat(less.get("peak_bytes").asDouble()).isLessThan(all * 0.75 + PAGES);
        assertThat(less.get("regions_again").asDouble()).isPositive();
        assertThat(less.get("gflop").asDouble())
                .isGreaterThan(without.get("gflop").asDouble());
        assertThat(less.get("gflop").asDouble() - without.get("gflop").asDouble())
                .isCloseTo(less.get("gflop_again").asDouble(), within(1e-6));
    }

    /** In a budget that runs some regions again: each of its runs has a row of its own schedule. */
    @Test
    void profileAndReportShowWhatRunsUnderTheBudget() throws JsonProcessingException {
        String budget = Long.toString(Math.round(json("1g").get("peak_bytes").asDouble() * 0.75));
        int again = json(budget).get("regions_again").asInt();
        assertThat(again).isPositive();

        int free = regions(look("1g", "compile", "--report", "-"));
        int less = regions(look(budget, "compile", "--report", "-"));
        Run schedule = look(budget, "compile", "--emit", "schedule");
        Run kept = look(budget, "compile", "--emit", "kept");
        Run profile = look(budget, "profile", "--steps", "1", "--warmup", "0");

        assertThat(less).isGreaterThanOrEqualTo(free + again);
        assertThat(schedule.out()
                        .lines()
                        .filter(line -> line.strip().startsWith("region "))
                        .count())
                .isEqualTo(less);
        assertThat(kept.out()).startsWith("kept \"step\"");
        assertThat(profile.code()).as(profile.err()).isZero();
    }

    private static Run look(String budget, String command, String... more) {
        List<String> words = new ArrayList<>(List.of(command, "gpt", "--entry", "step", "--dim", "B=32,T=64"));
        words.addAll(List.of("--set", "layers=1,vocab=65", "--backend", "cpu", "--memory-budget", budget));
        words.addAll(List.of(more));
        return Run.weft(words.toArray(String[]::new));
    }

    /** {@code step: 84 regions, 60 of them different, …}. */
    private static int regions(Run report) {
        Matcher summary = Pattern.compile("step: (\\d+) regions").matcher(report.out());
        assertThat(summary.find()).as(report.out() + report.err()).isTrue();
        return Integer.parseInt(summary.group(1));
    }

    @Test
    void aBudgetThatNothingFitsIsASentence() {
        Run run = compile("cpu", "2m");

        assertThat(run.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.err())
                .matches(
                        "error: memory budget 2\\.0 MiB: the tensors of this program need [0-9.]+ MiB, with [0-9]+ regions "
                                + "that run again already; take a smaller batch, context or model, or a larger budget\n");
    }

    @Test
    void theReferenceBackendSaysThatItKnowsNone() {
        Run run = compile("reference", "1g");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .isEqualTo(
                        "error: backend reference: knows no memory budget, it keeps every value; choose another backend\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "1x"})
    void aBudgetMustBeANumberOfBytes(String size) {
        assertThat(compile("cpu", size).code()).isEqualTo(ExitCode.USAGE);
    }
}
