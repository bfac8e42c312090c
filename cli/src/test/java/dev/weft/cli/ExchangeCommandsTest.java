package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code import} and {@code export}: a trained model leaves, comes back, and says the same. */
class ExchangeCommandsTest {

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() throws IOException {
        Path text = Files.writeString(shared.resolve("text.txt"), "the cat sat on the mat\n".repeat(30));
        for (String program : List.of("gpt", "llama")) {
            Run run = Run.weft(
                    "train",
                    program,
                    "--set",
                    "layers=1,heads=2,width=8,context=8",
                    "--batch",
                    "2",
                    "--steps",
                    "3",
                    "--data",
                    text.toString(),
                    "--out",
                    shared.resolve(program).toString());
            assertThat(run.code()).as(run.err()).isZero();
        }
    }

    private static JsonNode json(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        Run run = Run.weft(all.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama"})
    void aTrainedModelLeavesAndComesBackTheSame(String program) throws IOException {
        String run = shared.resolve(program).toString();
        JsonNode exported = json("export", run, "-o", path("exported"));
        JsonNode imported = json("import", path("exported"), "-o", path("again"));
        JsonNode back = json("export", path("again"), "-o", path("back"));

        assertThat(exported.get("files"))
                .extracting(JsonNode::asText)
                .contains("tokenizer.json", "tokenizer_config.json", "weft-tokenizer.json");
        assertThat(exported.get("tensors")).isEqualTo(imported.get("tensors")).isEqualTo(back.get("tensors"));
        assertThat(exported.get("bytes")).isEqualTo(imported.get("bytes"));
        assertThat(imported.get("program").asText()).isEqualTo(program);
        assertThat(imported.get("ignored")).isEmpty();
        assertThat(imported.get("copies")).isEmpty();
        assertThat(Files.mismatch(
                        folder.resolve("exported/model.safetensors"), folder.resolve("back/model.safetensors")))
                .isEqualTo(-1);
        JsonNode said = json("predict", run, "--prompt", "the ", "--top", "3");
        assertThat(json("predict", path("exported"), "--prompt", "the ", "--top", "3"))
                .isEqualTo(said);
        assertThat(json("predict", path("again"), "--prompt", "the ", "--top", "3"))
                .isEqualTo(said);
    }

    @Test
    void aCheckpointIsExported() throws IOException {
        String run = shared.resolve("gpt").toString();
        JsonNode last = json("export", run, "--checkpoint", "last", "-o", path("last"));

        assertThat(last.get("model").asText()).endsWith("step-3");
        json("export", run, "-o", path("finished"));
        assertThat(Files.mismatch(
                        folder.resolve("last/model.safetensors"), folder.resolve("finished/model.safetensors")))
                .isEqualTo(-1);
    }

    @Test
    void whatIsThereStaysAsItIs() throws IOException {
        String run = shared.resolve("gpt").toString();
        Files.createDirectory(folder.resolve("there"));
        Files.writeString(folder.resolve("there/mine"), "mine");

        Run export = Run.weft("export", run, "-o", path("there"));
        assertThat(export.code()).isEqualTo(ExitCode.USER);
        assertThat(export.err()).contains("there: is there already and stays as it is; choose another name");
        Run notThere = Run.weft("import", path("nowhere"), "-o", path("new"));
        assertThat(notThere.code()).isEqualTo(ExitCode.USER);
        assertThat(notThere.err()).contains("nowhere: there is no such folder");
        Run noFolder = Run.weft("import", shared.toString(), "-o", path("new"));
        assertThat(noFolder.err()).contains("is no Hugging Face folder");
        assertThat(Run.weft("import", run).code()).isEqualTo(ExitCode.USAGE);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("there"));
        }
    }

    @Test
    void anImportedModelIsStartedFromAndLookedAt() throws IOException {
        json("export", shared.resolve("gpt").toString(), "-o", path("exported"));
        json("import", path("exported"), "-o", path("again"));

        assertThat(json("info", path("again")).get("state").asText()).isEqualTo("imported");
        assertThat(Run.weft("info", path("again")).out()).doesNotContain("train_loss", "NaN");
        assertThat(Run.weft("runs", folder.toString()).out()).contains("again").contains("imported");
        Run resumed = Run.weft("train", path("again"), "--resume");
        assertThat(resumed.code()).isEqualTo(ExitCode.USER);
        assertThat(resumed.err()).contains("was imported, not trained; start a run from it with --init-from");
        JsonNode tuned = json(
                "train",
                "gpt",
                "--init-from",
                path("again"),
                "--batch",
                "2",
                "--steps",
                "1",
                "--data",
                shared.resolve("text.txt").toString(),
                "--out",
                path("tuned"));
        assertThat(tuned.get("steps").asInt()).isEqualTo(1);
    }

    @Test
    void aProgramOfOnesOwnKeepsItsNames() throws IOException {
        Path mine = folder.resolve("mine.weft");
        json("new", mine.toString(), "--from", "gpt");
        Path names = folder.resolve("mine.names");
        Files.writeString(names, Files.readString(names).replace("tensor ln_f.weight", "tensor last.weight"));
        json(
                "train",
                mine.toString(),
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--batch",
                "2",
                "--steps",
                "1",
                "--data",
                shared.resolve("text.txt").toString(),
                "--out",
                path("run"));
        Files.delete(names);

        json("export", path("run"), "-o", path("exported"));
        assertThat(Files.readString(folder.resolve("exported/model.safetensors"), StandardCharsets.ISO_8859_1))
                .contains("last.weight")
                .doesNotContain("ln_f.weight");
        Run unknown = Run.weft("import", path("exported"), "-o", path("again"));
        assertThat(unknown.err()).contains("last.weight has no name in the program");
    }
}
