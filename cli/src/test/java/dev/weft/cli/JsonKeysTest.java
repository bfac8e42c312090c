package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of {@code --json} that programs may rely on. */
class JsonKeysTest {

    @TempDir
    static Path folder;

    private static String text = "";
    private static String run = "";
    private static JsonNode trained;

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat.\n".repeat(30))
                .toString();
        run = folder.resolve("run").toString();
        trained = json(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--batch",
                "2",
                "--steps",
                "2",
                "--data",
                text,
                "--out",
                run);
    }

    /** One object, on one line, and nothing else. */
    private static JsonNode json(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        Run result = Run.weft(all.toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out().lines()).hasSize(1);
        JsonNode json = new ObjectMapper().readTree(result.out());
        assertThat(json.isObject()).isTrue();
        return json;
    }

    private static void assertKeys(JsonNode json, String... keys) {
        assertThat(json.fieldNames()).toIterable().contains(keys);
        for (String key : keys) {
            assertThat(json.get(key).isNull()).as(key).isFalse();
        }
    }

    @Test
    void training() {
        assertKeys(
                trained, "run", "steps", "train_loss", "val_loss", "seconds", "tokens_per_second", "backend", "seed");
    }

    @Test
    void eval() throws IOException {
        assertKeys(
                json("eval", run, "--data", text),
                "nats_per_token",
                "bits_per_token",
                "perplexity",
                "bits_per_byte",
                "tokens",
                "bytes");
    }

    @Test
    void predict() throws IOException {
        JsonNode json = json("predict", run, "--prompt", "the ", "--top", "3");
        assertKeys(json, "entropy_bits", "top");
        assertThat(json.get("top")).hasSize(3);
        json.get("top").forEach(row -> assertKeys(row, "id", "text", "probability", "logprob"));
    }

    @Test
    void generate() throws IOException {
        assertKeys(json("generate", run, "--prompt", "the ", "--max-tokens", "3"), "text", "ids");
    }

    @Test
    void compile() throws IOException {
        assertKeys(
                json("compile", "mlp", "--entry", "loss", "--dim", "B=2"),
                "kernels",
                "gflop",
                "bytes_moved",
                "peak_bytes",
                "compile_ms",
                "passes");
    }

    @Test
    void check() throws IOException {
        assertThat(json("check", "gpt").get("diagnostics").isArray()).isTrue();
    }

    @Test
    void others() throws IOException {
        assertKeys(
                json("info", "mlp"), "program", "definitions", "constants", "stored", "parameters", "entries", "uses");
        assertKeys(json("explain", "W0501"), "code", "title", "page");
        assertKeys(json("backends"), "backends");
        assertKeys(json("completion", "bash"), "shell", "script");
        assertKeys(json("new", folder.resolve("my.weft").toString(), "--from", "mlp"), "file", "from");
        assertKeys(
                json("gradcheck", "mlp", "--entry", "loss", "--dim", "B=2", "--set", "features=3,hidden=4,classes=2"),
                "worst_error",
                "worst_tensor",
                "worst_index",
                "worst_source",
                "agrees",
                "tensors");
        assertKeys(json("run", "mlp", "--entry", "scores", "--dim", "B=1", "--input", "x=1"), "outputs");
    }
}
