package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.backend.spi.BackendProvider.Score;
import dev.weft.backend.spi.Backends;
import dev.weft.dsl.EntryRequest;
import dev.weft.models.json.Json;
import dev.weft.models.tensorfile.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small models as transformers saves them, against the logits that it computes with them. */
public class TransformersOracleTest {

    private static final int ROWS = 2;
    private static final int LENGTH = 12;
    private static final int VOCABULARY = 32;

    /** The folder of a model as transformers saves it: {@code llama}, {@code gpt2} and others. */
    public static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(
                                    TransformersOracleTest.class.getResource("huggingface/" + name + "/config.json"))
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "llama, cpu, 21",
        "llama, reference, 21",
        "llama-tied, cpu, 11",
        "llama-tied, reference, 11",
        "llama3, cpu, 12",
        "llama3, reference, 12",
        "llama-linear, cpu, 12",
        "llama-linear, reference, 12",
        "llama-yarn, cpu, 12",
        "llama-yarn, reference, 12",
        "llama-yarn-parts, cpu, 12",
        "llama-yarn-parts, reference, 12",
        "gpt2, cpu, 16",
        "gpt2, reference, 16",
        "gpt2-separate, cpu, 17",
        "gpt2-separate, reference, 17"
    })
    void logitsAreTheirs(String name, String backend, int tensors) {
        Score score = Backends.named(backend).score();
        assumeTrue(score.value() > 0, () -> "skipped: " + backend + ": " + score.reason());
        Map<String, Object> expected = Json.readObject(folder(name).resolve("expected.json"));
        int[] tokens = rows(expected.get("tokens")).stream()
                .flatMapToInt(row -> row.stream().mapToInt(Number::intValue))
                .toArray();
        List<List<Number>> logits = rows(expected.get("logits"));
        double rms = Math.sqrt(logits.stream()
                .flatMap(List::stream)
                .mapToDouble(x -> x.doubleValue() * x.doubleValue())
                .average()
                .orElseThrow());
        try (LoadedModel loaded = LoadedModel.open(folder(name));
                Weft weft = Weft.open(backend, 2)) {
            assertThat(loaded.parameters()).hasSize(tensors);
            try (Model model = weft.compile(loaded.program()
                    .lower(List.of(EntryRequest.of("logits", Map.of("B", (long) ROWS, "T", (long) LENGTH)))))) {
                model.load(loaded.parameters());
                float[] got = model.run("logits", Map.of("tokens", Tensor.of(tokens, ROWS, LENGTH)))
                        .firstEntry()
                        .getValue()
                        .toFloats();
                for (int i = 0; i < got.length; i++) {
                    double wanted =
                            logits.get(i / VOCABULARY).get(i % VOCABULARY).doubleValue();
                    assertThat((double) got[i]).as("logit %d", i).isCloseTo(wanted, within(1e-5 * rms));
                }
            }
            // The same from a cache: the positions of a chunk begin where the one before has ended.
            try (Generator generator = Generator.open(weft, loaded.program(), loaded.parameters(), List.of(8, 1))) {
                generator.feed(Arrays.copyOf(tokens, 7));
                float[] last = generator.feed(Arrays.copyOfRange(tokens, 7, LENGTH));
                for (int i = 0; i < VOCABULARY; i++) {
                    double wanted = logits.get(LENGTH - 1).get(i).doubleValue();
                    assertThat((double) last[i]).as("last logit %d", i).isCloseTo(wanted, within(1e-5 * rms));
                }
            }
        }
    }

    @SuppressWarnings("unchecked") // as make.py writes it
    private static List<List<Number>> rows(Object json) {
        return (List<List<Number>>) json;
    }
}
