package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.backend.spi.Backends;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a prompt, a batch or a run is cut, the numbers are the same. */
class CutTest {

    private static final int VOCABULARY = 40;
    private static final Map<String, String> SIZES =
            Map.of("layers", "2", "heads", "2", "width", "16", "context", "256", "vocab", "40");

    /** The best backend; the tests of the reference backend say so. */
    private static Weft best() {
        return Weft.open(Backends.best().name(), 2);
    }

    private static SequencedMap<String, Tensor> parameters(Weft weft, Program program) {
        SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
        try (Model model = weft.compile(program.lower(List.of()))) {
            model.initialize(5);
            for (Stored stored : model.stored()) {
                if (stored.role() == Stored.Role.PARAM) {
                    parameters.put(stored.name(), model.read(stored.name()));
                }
            }
        }
        return parameters;
    }

    @ParameterizedTest
    @CsvSource({"gpt, cpu, 50", "llama, cpu, 10", "gpt, reference, 2"})
    void aPromptMayBeReadInAnyPieces(String name, String backend, int ways) {
        Map<String, String> sizes = new HashMap<>(SIZES);
        Program program = Program.load(name).with(sizes);
        Random random = new Random(71);
        int[] prompt = random.ints(200, 0, VOCABULARY).toArray();
        try (Weft weft = backend.equals("cpu") ? best() : Weft.open(backend, 1);
                Generator generator = Generator.open(weft, program, parameters(weft, program), List.of(64, 16, 4, 1))) {
            float[] whole = generator.feed(prompt);
            int[] text = generator.generate(prompt, 8, Sampling.GREEDY, 0, 0, id -> true);
            for (int way = 0; way < ways; way++) {
                generator.reset();
                float[] logits = {};
                int read = 0;
                while (read < prompt.length) {
                    int piece = 1 + random.nextInt(prompt.length - read);
                    logits = generator.feed(Arrays.copyOfRange(prompt, read, read + piece));
                    read += piece;
                }
                for (int id = 0; id < whole.length; id++) {
                    assertThat(logits[id]).as("way %d", way).isCloseTo(whole[id], within(1e-5f));
                }
                assertThat(greedy(generator, logits, 8)).as("way %d", way).isEqualTo(text);
            }
        }
    }

    private static int[] greedy(Generator generator, float[] logits, int count) {
        int[] ids = new int[count];
        float[] next = logits;
        for (int i = 0; i < count; i++) {
            ids[i] = Sampling.GREEDY.choose(next, 0);
            next = generator.feed(ids[i]);
        }
        return ids;
    }

    @Test
    void refusesWhatTheModelCannotRead() {
        Program program = Program.load("gpt").with(SIZES).with(Map.of("context", "8"));
        try (Weft weft = Weft.open("reference", 1);
                Generator generator = Generator.open(weft, program, parameters(weft, program))) {
            assertThatThrownBy(() -> generator.feed(new int[9]))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("at most 8 tokens")
                    .hasMessageContaining("got 9");
            assertThatThrownBy(() -> generator.feed(1, VOCABULARY))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("0..39")
                    .hasMessageContaining("got 40");
            // A full context makes room: its older half goes.
            generator.feed(1, 2, 3, 4, 5, 6, 7, 8);
            float[] moved = generator.feed(9);
            generator.reset();
            assertThat(generator.feed(5, 6, 7, 8, 9)).isEqualTo(moved);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void fourMicroBatchesEqualOneBatch(String backend) {
        Program program =
                Program.load("gpt").with(SIZES).with(Map.of("context", "8")).optimizer("sgd", Map.of());
        Random random = new Random(13);
        int rows = 8;
        int length = 8;
        int[] tokens = random.ints(rows * length, 0, VOCABULARY).toArray();
        int[] targets = random.ints(rows * length, 0, VOCABULARY).toArray();
        float[] weight = new float[rows * length];
        IntStream.range(0, weight.length).forEach(i -> weight[i] = random.nextFloat());
        Map<String, Tensor> scalars =
                Map.of("lr", Tensor.of(new float[] {0.1f}), "clip", Tensor.of(new float[] {0.5f}));
        try (Weft weft = backend.equals("cpu") ? best() : Weft.open(backend, 1);
                Model model = weft.compile(program.lower(List.of(
                        EntryRequest.of("step", Map.of("B", 8L, "T", 8L)),
                        EntryRequest.of("accumulate", Map.of("B", 2L, "T", 8L)),
                        EntryRequest.of("apply", Map.of()))))) {
            model.initialize(3);
            Map<String, Tensor> whole = batch(tokens, targets, weight, 0, rows, length);
            whole.putAll(scalars);
            List<Tensor> once = List.copyOf(model.run("step", whole).values());
            Map<String, float[]> after = params(model);

            model.initialize(3);
            double nats = 0;
            double weights = 0;
            for (int micro = 0; micro < 4; micro++) {
                List<Tensor> sums =
                        List.copyOf(model.run("accumulate", batch(tokens, targets, weight, micro * 2, 2, length))
                                .values());
                nats += Model.scalar(sums.get(0));
                weights += Model.scalar(sums.get(1));
            }
            float norm = Model.scalar(model.run("apply", scalars).firstEntry().getValue());

            assertThat(nats / weights).isCloseTo(Model.scalar(once.get(0)), within(1e-6 * 4));
            assertThat(norm).isCloseTo(Model.scalar(once.get(1)), within(1e-6f));
            params(model).forEach((name, values) -> {
                for (int i = 0; i < values.length; i++) {
                    assertThat(values[i]).as(name).isCloseTo(after.get(name)[i], within(1e-6f));
                }
            });
        }
    }

    private static Map<String, Tensor> batch(
            int[] tokens, int[] targets, float[] weight, int row, int rows, int length) {
        int from = row * length;
        int to = from + rows * length;
        Map<String, Tensor> batch = new LinkedHashMap<>();
        batch.put("tokens", Tensor.of(Arrays.copyOfRange(tokens, from, to), rows, length));
        batch.put("targets", Tensor.of(Arrays.copyOfRange(targets, from, to), rows, length));
        batch.put("weight", Tensor.of(Arrays.copyOfRange(weight, from, to), rows, length));
        return batch;
    }

    private static Map<String, float[]> params(Model model) {
        Map<String, float[]> params = new LinkedHashMap<>();
        for (Stored stored : model.stored()) {
            if (stored.role() == Stored.Role.PARAM) {
                params.put(stored.name(), model.read(stored.name()).toFloats());
            }
        }
        return params;
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void twoDropoutsDifferAndTheSameStepTwiceDoesNot(String backend, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("twice.weft"), """
                import nn

                model Twice(n = 200) {
                    param w: f32[n] = 1

                    fn masks(x: f32[n], drop: f32[]) -> (f32[n], f32[n]) = (nn.dropout(x, drop), nn.dropout(x, drop))

                    fn loss(x: f32[n], drop: f32[] = 0) -> (f32[], f32[]) {
                        (a, b) = masks(x, drop)
                        (sum(a * b * w), 1)
                    }
                }
                """);
        float[] ones = new float[200];
        Arrays.fill(ones, 1);
        try (Weft weft = backend.equals("cpu") ? best() : Weft.open(backend, 1);
                Model model = weft.compile(
                        Program.load(file.toString()).lower(List.of(EntryRequest.of("masks", Map.of()))))) {
            List<float[]> first = masks(model, ones, 1);

            assertThat(first.get(0)).isNotEqualTo(first.get(1)).contains(0f, 2f);
            assertThat(masks(model, ones, 1)).usingRecursiveComparison().isEqualTo(first);
            assertThat(masks(model, ones, 2).get(0)).isNotEqualTo(first.get(0));
        }
    }

    private static List<float[]> masks(Model model, float[] x, int step) {
        Map<String, Tensor> inputs = Map.of(
                "x", Tensor.of(x, x.length),
                "drop", Tensor.of(new float[] {0.5f}),
                "seed", Tensor.of(new int[] {7}),
                "step", Tensor.of(new int[] {step}));
        return model.run("masks", inputs).values().stream()
                .map(Tensor::toFloats)
                .toList();
    }
}
