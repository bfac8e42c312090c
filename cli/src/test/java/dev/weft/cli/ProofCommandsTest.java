package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
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
                .contains("\nblocks.0.attn.qkv.weight[")
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
    void theWorstElementIsNamedWithItsParameterAndItsLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("kink.weft"), """
                model Layer(width) {
                    param scale: f32[2, width] = f32(iota(width)) * 0.5 + 3.5
                    fn (x: f32[2, width]) -> f32[2, width] = floor(scale) * x
                }
                model Kink(width = 3) {
                    layers: 2 * Layer(width)
                    fn loss(x: f32[2, width]) -> f32[] = sum(layers[0](x) + layers[1](x))
                }
                """);

        Run run = Run.weft("gradcheck", file.toString(), "--entry", "loss", "--input", "x=1,2,3,4,5,6");

        // floor jumps at 4, in the second column, whichever row.
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.USER);
        assertThat(run.out())
                .containsPattern("gradients differ: worst .* by layers\\.[01]\\.scale\\[[01],1], used at "
                        + Pattern.quote(file.toString()) + ":3:\\d+ layers\\.[01]; .*; 18 of 18 elements compared\n");
        assertThat(Run.weft("gradcheck", file.toString(), "--entry", "loss", "--input", "x=1", "--json")
                        .out())
                .contains("\"worst_index\":[", "\"worst_source\":\"" + file + ":3:", "\"compared\":18");
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
