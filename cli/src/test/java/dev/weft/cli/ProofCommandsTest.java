package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that look for faults: gradcheck, conformance, backends, doctor. */
class ProofCommandsTest {

    @Test
    void gradientsOfGptAgreeWithDifferences() {
        Run run = Run.weft(
                "gradcheck",
                "gpt",
                "--entry",
                "loss",
                "--dim",
                "B=2,T=3",
                "--set",
                "layers=1,heads=2,width=4,context=3,vocab=5",
                "--elements",
                "4");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("\nblocks.0.attn.qkv.weight ")
                .containsPattern("gradients agree: worst [0-9.e-]+ by \\S+, used at \\S+\\.weft:\\d+:\\d+ ");
    }

    @Test
    void aJumpIsFoundWithItsPlace(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("jump.weft"), """
                model Jump() {
                    param w: f32[] = 0

                    fn loss(x: f32[]) -> f32[] = floor(w) * x
                }
                """);

        Run run = Run.weft("gradcheck", file.toString(), "--entry", "loss", "--input", "x=1");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.out()).contains("gradients differ: ", "by w, used at " + file + ":4:");
    }

    @Test
    void aResultWithoutGradientIsRefused() {
        Run run = Run.weft("gradcheck", "mlp", "--entry", "scores", "--dim", "B=2");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .isEqualTo("error: entry scores: its first result must be f32[] to have a gradient, got f32[2:B,10]\n");
    }

    @Test
    void conformanceIsATableOfOpsAndTypes(@TempDir Path folder) throws IOException {
        Run run = Run.weft("conformance", "--backend", "reference", "--only", "tanh");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("worst error, relative; ")
                .containsPattern("(?m)^op +f32 +bf16 +f16 +f64$")
                .containsPattern("(?m)^tanh +0 +0 +0 +0$")
                .contains("backend reference: conforms. 4 passed, ");
        Path file = folder.resolve("report.md");
        assertThat(Run.weft("conformance", "--backend", "reference", "--only", "tanh", "--markdown", file.toString())
                        .out())
                .isEqualTo(run.out());
        assertThat(file).hasContent("""
                        | op | f32 | bf16 | f16 | f64 |
                        |---|---|---|---|---|
                        | tanh | 0 | 0 | 0 | 0 |

                        backend reference: conforms. 4 passed, 0 decomposed, 0 unsupported, 0 failed.
                        """);
        Run nowhere = Run.weft(
                "conformance", "--backend", "reference", "--only", "tanh f32", "--markdown", folder.toString());
        assertThat(nowhere.err()).startsWith("error: --markdown " + folder + ": cannot be written: ");
        assertThat(nowhere.code()).isEqualTo(ExitCode.USER);
        assertThat(Run.weft("conformance", "--backend", "cpu", "--only", "tanh f32", "--json")
                        .out())
                .startsWith("{\"backend\":\"cpu\",\"conforms\":true,\"passed\":1,")
                .contains("\"op\":\"tanh\",\"type\":\"f32\"", "\"worst_error\":");
    }

    @Test
    void backendsAreListedBestFirst() {
        assertThat(Run.weft("backends").out()).containsSubsequence("cpu ", "reference ");
        assertThat(Run.weft("backends", "--json").out()).startsWith("{\"backends\":[{\"name\":\"");
    }

    @Test
    void doctorShowsTheMachine() {
        Run run = Run.weft("doctor");

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("weft  ", "java  ", "system  ", "processor ", "memory ", "backend reference, score 1: ");
        assertThat(Run.weft("doctor", "--json").out())
                .startsWith("{\"weft\":\"")
                .contains("\"backends\":[{");
    }
}
