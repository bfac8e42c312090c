package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --precision int8}: what it is for, and what it refuses. */
class IntegerPrecisionTest {

    private static Run compile(String... more) {
        List<String> words = new ArrayList<>(List.of(
                "compile",
                "gpt",
                "--entry",
                "next",
                "--dim",
                "B=5,T=1",
                "--set",
                "layers=2,width=64,heads=2,vocab=50,context=8",
                "--precision",
                "int8",
                "--no-cache"));
        words.addAll(List.of(more));
        return Run.weft(words.toArray(String[]::new));
    }

    @Test
    void rowsAreRoundedThatWeightsInInt8AreMultipliedWith() {
        Run run = compile("--weights", "int8", "--emit", "schedule");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("= round ", "element=i8 : i8[5:B,1:T,1,64]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f32", "bf16"})
    void otherWeightsAreRefused(String weights) {
        Run run = compile("--weights", weights);

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains("--precision int8: needs --weights int8, got --weights " + weights
                        + "; or choose --precision bf16");
    }

    @Test
    void trainingIsRefused() {
        Run run = Run.weft("train", "gpt", "--data", "nowhere", "--precision", "int8");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err())
                .contains(
                        "--precision int8: is for weights that are held in int8, of which there are none here; choose f32 or bf16");
    }
}
