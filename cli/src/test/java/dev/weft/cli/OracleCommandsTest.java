package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.graph.type.TensorType;
import dev.weft.models.data.Corpus;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/**
 * What libtorch computes with a GPT-2 of the real vocabulary ({@code gpt2-tiny/expected.json}), through the commands: tokens, logits,
 * probabilities and continuations of its prompts, the loss of its batch and that of its validation windows. Its gradients and its steps
 * of AdamW, which no command shows for a batch that somebody names, are compared through the API ({@code Gpt2OracleTest}).
 */
class OracleCommandsTest {

    private static final double RTOL = 1e-4;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path folder;

    private final Path model = shared("gpt2-tiny");
    private final JsonNode expected = read(model.resolve("expected.json"));

    private static JsonNode read(Path file) {
        try {
            return MAPPER.readTree(file.toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In the folder beside the project, or beside one of those that it is in. */
    private static Path shared(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            for (Path data : List.of(
                    at.resolve("shared/data"), at.resolveSibling("shared").resolve("data"))) {
                if (Files.exists(data.resolve(name))) {
                    return data.resolve(name);
                }
            }
        }
        throw new TestAbortedException("skipped: ../shared/data/" + name + " is not here");
    }

    private static JsonNode json(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        Run run = Run.weft(all.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return MAPPER.readTree(run.out());
    }

    private static int[] ints(JsonNode list) {
        int[] ints = new int[list.size()];
        Arrays.setAll(ints, i -> list.get(i).asInt());
        return ints;
    }

    private static void assertClose(double got, double wanted, String what) {
        assertThat(got).as(what).isCloseTo(wanted, within(RTOL * Math.abs(wanted)));
    }

    @Test
    void predictShowsTheLikeliestTokens() throws IOException {
        assertThat(expected.get("prompts")).hasSize(3);
        for (JsonNode prompt : expected.get("prompts")) {
            String text = prompt.get("text").asText();
            int[] ids = ints(prompt.get("top20_ids"));
            JsonNode got = json("predict", model.toString(), "--prompt", text, "--top", "20")
                    .get("top");
            assertThat(ids).hasSize(20);
            assertThat(got).hasSize(ids.length);
            for (int i = 0; i < ids.length; i++) {
                String which = "%s, place %d".formatted(text, i);
                JsonNode row = got.get(i);
                assertThat(row.get("id").asInt()).as(which).isEqualTo(ids[i]);
                assertClose(
                        row.get("probability").asDouble(),
                        prompt.get("top20_probs").get(i).asDouble(),
                        which);
                // The command shows logarithms of probabilities: logits but for a number that is the same for all.
                double logit = prompt.get("top20_logits").get(i).asDouble();
                double first = prompt.get("top20_logits").get(0).asDouble();
                double difference = row.get("logprob").asDouble()
                        - got.get(0).get("logprob").asDouble();
                assertThat(difference).as(which).isCloseTo(logit - first, within(RTOL * Math.abs(logit)));
            }
        }
    }

    @Test
    void generateContinuesGreedily() throws IOException {
        for (JsonNode prompt : expected.get("prompts")) {
            String text = prompt.get("text").asText();
            JsonNode encoded = json("tokenizer", "encode", model.toString(), "--text", text);
            assertThat(ints(encoded.get("ids"))).isEqualTo(ints(prompt.get("ids")));

            int[] greedy = ints(prompt.get("greedy_32"));
            JsonNode got = json(
                    "generate",
                    model.toString(),
                    "--prompt",
                    text,
                    "--max-tokens",
                    String.valueOf(greedy.length),
                    "--temperature",
                    "0");
            assertThat(ints(got.get("ids"))).as(text).isEqualTo(greedy);
            assertThat(got.get("text").asText())
                    .isEqualTo(prompt.get("greedy_text").asText());
        }
    }

    /** The last tenth of the characters of tinyshakespeare, as the file's makers cut it. */
    private int[] validation() {
        Corpus corpus = Corpus.read(List.of(shared("tinyshakespeare.txt")));
        return Tokenizers.load(model).encode(corpus.validation());
    }

    private String document(String name, int[] tokens) throws IOException {
        ObjectNode line = MAPPER.createObjectNode();
        Arrays.stream(tokens).forEach(line.putArray("tokens")::add);
        return Files.writeString(folder.resolve(name), line + "\n").toString();
    }

    @Test
    void evalMeasuresTheBatch() throws IOException {
        int[] all = validation();
        double nats = 0;
        for (int row = 0; row < 4; row++) {
            int[] tokens = Arrays.copyOfRange(all, row * 1000, row * 1000 + 65);
            JsonNode got = json("eval", model.toString(), "--data", document(row + ".jsonl", tokens));
            assertThat(got.get("tokens").asInt()).isEqualTo(64);
            nats += got.get("nats_per_token").asDouble();
        }
        assertClose(nats / 4, expected.get("batch").get("loss_nats").asDouble(), "loss of the batch");
    }

    @Test
    void evalMeasuresTheValidationWindows() throws IOException {
        Path shorter = withContext(128);
        int[] tokens = Arrays.copyOf(validation(), 64 * 128 + 1);
        JsonNode got = json("eval", shorter.toString(), "--data", document("validation.jsonl", tokens));

        assertThat(got.get("tokens").asInt()).isEqualTo(64 * 128);
        assertClose(
                got.get("nats_per_token").asDouble(),
                expected.get("validation").get("loss_nats").asDouble(),
                "loss of the validation windows");
    }

    /** Weights in 8 bits, and what they are multiplied with as it is or in 8 bits too: the first 20,000 characters. */
    @ParameterizedTest
    @ValueSource(strings = {"f32", "int8"})
    void weightsInInt8LoseLittle(String precision) throws IOException {
        String all = Files.readString(shared("tinyshakespeare.txt"));
        Path text = Files.writeString(folder.resolve("text.txt"), all.substring(0, 20_000));
        Run run = Run.weft(
                "eval",
                model.toString(),
                "--data",
                text.toString(),
                "--weights",
                "int8",
                "--precision",
                precision,
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode change = MAPPER.readTree(run.out()).get("weights");

        assertThat(change.get("tokens").asInt()).isGreaterThan(6000);
        assertThat(change.get("change_nats_per_token").asDouble())
                .as("%s", change)
                .isCloseTo(0, within(0.02));
        assertThat(change.get("greedy_agreement").asDouble()).as("%s", change).isGreaterThanOrEqualTo(0.98);
    }

    /** The same model with fewer positions: a text is read in windows as long as the context. */
    private Path withContext(int positions) throws IOException {
        Path shorter = Files.createDirectory(folder.resolve("shorter"));
        ObjectNode config = (ObjectNode) read(model.resolve("config.json"));
        config.put("n_positions", positions).put("n_ctx", positions);
        Files.writeString(shorter.resolve("config.json"), config.toString());
        for (String file : List.of("vocab.json", "merges.txt")) {
            Files.copy(model.resolve(file), shorter.resolve(file));
        }
        try (SafeTensors file = SafeTensors.open(model.resolve("model.safetensors"))) {
            SequencedMap<String, Tensor> tensors = new LinkedHashMap<>(file.tensors());
            tensors.computeIfPresent("wpe.weight", (name, whole) -> {
                TensorType type = TensorType.of(
                        whole.type().element(), positions, whole.type().size(1));
                return new Tensor(type, whole.data().asSlice(0, type.bytes()));
            });
            SafeTensors.write(shorter.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        }
        return shorter;
    }

    @Test
    void anImportedModelSaysTheSame() throws IOException {
        String text = expected.get("prompts").get(0).get("text").asText();
        String run = folder.resolve("run").toString();
        JsonNode imported = json("import", model.toString(), "-o", run);

        assertThat(imported.get("tensors").asInt()).isEqualTo(52);
        assertThat(json("predict", run, "--prompt", text, "--top", "20"))
                .isEqualTo(json("predict", model.toString(), "--prompt", text, "--top", "20"));
    }
}
