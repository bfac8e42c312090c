package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
