package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --probe} shows the values at a path while a program runs, and changes nothing. */
class ProbeTest {

    @TempDir
    Path folder;

    private String file = "";
    private Path x = Path.of("");

    @BeforeEach
    void aProgram() throws IOException {
        file = Files.writeString(folder.resolve("net.weft"), """
                        model Layer(width) {
                            param weight: f32[width] = 2
                            state seen: f32[]

                            fn (x: f32[B, width]) -> f32[B, width] {
                                seen := seen + 1
                                y = x * weight
                                y - 1
                            }
                        }

                        model Net(width = 3) {
                            layers: 2 * Layer(width)

                            fn apply(x: f32[B, width]) -> f32[B, width] = layers[1](layers[0](x))

                            fn logs(x: f32[B, width]) -> f32[B, width] = layers[0](log(x))
                        }
                        """).toString();
        x = folder.resolve("x.npy");
        Npy.write(x, Tensor.of(new float[] {1, 2, 3, 0.5f, 5, 6}, 2, 3));
    }

    private JsonNode run(String entry, String pattern, String backend) throws IOException {
        Run run = Run.weft(
                "run",
                file,
                "--entry",
                entry,
                "--input",
                "x=@" + x,
                "--probe",
                pattern,
                "--backend",
                backend,
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void givesTheStatisticsOfALayersResult(String backend) throws IOException {
        JsonNode rows = run("apply", "layers.0", backend).get("probe");

        // 2x - 1: 1 3 5 0 9 11
        JsonNode result = rows.get(rows.size() - 1);
        assertThat(result.get("path").asText()).isEqualTo("layers.0");
        assertThat(result.get("source").asText()).endsWith("net.weft:8");
        assertThat(result.get("type").asText()).isEqualTo("f32[2:B,3]");
        assertThat(result.get("mean").asDouble()).isCloseTo(29 / 6.0, within(1e-5));
        assertThat(result.get("std").asDouble()).isCloseTo(Math.sqrt(237 / 6.0 - 29 / 6.0 * 29 / 6.0), within(1e-5));
        assertThat(result.get("min").asDouble()).isZero();
        assertThat(result.get("max").asDouble()).isEqualTo(11);
        assertThat(result.get("zeros").asDouble()).isCloseTo(1 / 6.0, within(1e-12));
        assertThat(result.get("non_finite").asDouble()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void countsWhatIsNotFiniteAndMeasuresTheRest(String backend) throws IOException {
        Npy.write(x, Tensor.of(new float[] {1, 1, 1, 0, -1, 1}, 2, 3));

        JsonNode rows = run("logs", "layers.0", backend).get("probe");

        // 2 log x - 1: four times -1, one -inf, one NaN
        JsonNode result = rows.get(rows.size() - 1);
        assertThat(result.get("non_finite").asDouble()).isCloseTo(2 / 6.0, within(1e-12));
        assertThat(result.get("mean").asDouble()).isEqualTo(-1);
        assertThat(result.get("std").asDouble()).isZero();
        assertThat(result.get("min").asDouble()).isEqualTo(-1);
    }

    @Test
    void theRunIsTheSameWithAndWithoutIt() throws IOException {
        JsonNode outputs = run("apply", "**", "cpu").get("outputs");
        Run without = Run.weft("run", file, "--entry", "apply", "--input", "x=@" + x, "--backend", "cpu", "--json");

        assertThat(new ObjectMapper().readTree(without.out()).get("outputs")).isEqualTo(outputs);
    }

    @ParameterizedTest
    @CsvSource({
        "layers.*,        'layers.0,layers.1'",
        "layers.1,        'layers.1'",
        "layers.*.weight, 'layers.0.weight,layers.1.weight'",
        "**.weight,       'layers.0.weight,layers.1.weight'",
    })
    void aPatternNamesPathsAndStoredTensors(String pattern, String paths) throws IOException {
        List<String> found = new ArrayList<>();
        run("apply", pattern, "reference")
                .get("probe")
                .forEach(row -> found.add(row.get("path").asText()));

        assertThat(found.stream().distinct().sorted().toList()).containsExactly(paths.split(","));
    }

    @Test
    void printsATable() {
        Run run = Run.weft("run", file, "--entry", "apply", "--input", "x=@" + x, "--probe", "layers.*.weight");

        assertThat(run.out())
                .contains("path ", "mean", "not finite\n")
                .containsPattern(
                        "layers\\.0\\.weight +stored +f32\\[3] +2(\\.0+)? +0(\\.0+)? +2(\\.0+)? +2(\\.0+)? +0\\.0% +0\\.0%\n");
    }

    @Test
    void aPatternThatNamesNothingIsAnsweredWithWhatThereIs() {
        Run run = Run.weft("run", file, "--entry", "apply", "--input", "x=@" + x, "--probe", "layers.7");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .isEqualTo("error: --probe layers.7: names nothing in entry apply; there are layers.*, layers.*.seen,"
                        + " layers.*.weight\n");
    }

    @Test
    void aPatternThatIsNoneIsRefused() {
        Run run = Run.weft("run", file, "--entry", "apply", "--input", "x=@" + x, "--probe", "layers[0]");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: --probe layers[0]: must be names separated by dots");
    }

    @Test
    void trainingAndEvaluationShowThemToo() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat.\n".repeat(30));
        Path out = folder.resolve("run");
        List<String> train = List.of(
                "train",
                "gpt",
                "--set",
                "layers=2,heads=2,width=8,context=8",
                "--batch",
                "2",
                "--steps",
                "4",
                "--eval-every",
                "2",
                "--data",
                text.toString(),
                "--out",
                out.toString(),
                "--json",
                "--probe",
                "blocks.*.attn,blocks.0.attn.qkv.weight");

        Run run = Run.weft(train.toArray(String[]::new));

        assertThat(run.code()).as(run.err()).isZero();
        JsonNode seen = new ObjectMapper().readTree(run.out()).get("probe");
        assertThat(seen).hasSize(3);
        assertThat(seen.get(1).get("step").asInt()).isEqualTo(2);
        assertThat(seen.get(1).get("values").findValuesAsText("part")).contains("forward", "backward", "stored");
        assertThat(seen.get(1).get("values").findValuesAsText("path"))
                .contains("loss/logits/blocks.0/attn", "loss/logits/blocks.1/attn", "blocks.0.attn.qkv.weight");

        Run eval = Run.weft("eval", out.toString(), "--data", text.toString(), "--probe", "blocks.*.mlp.gelu");
        assertThat(eval.code()).as(eval.err()).isZero();
        assertThat(eval.out()).contains("loss/logits/blocks.1/mlp/gelu ").contains(" bits a byte");
    }

    @Test
    void aWrongPatternEndsTrainingBeforeItBegins() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat.\n".repeat(30));

        Run run = Run.weft(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--batch",
                "2",
                "--steps",
                "4",
                "--data",
                text.toString(),
                "--out",
                folder.resolve("run").toString(),
                "--probe",
                "block.*");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("error: --probe block.*: names nothing in entry step; there are ");
    }
}
