package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.backend.spi.BackendProvider.Score;
import dev.weft.backend.spi.Backends;
import dev.weft.dsl.EntryRequest;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus.TextLength;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.json.Json;
import dev.weft.models.names.Names;
import dev.weft.models.sample.Distribution;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GPT-2 of 4 layers with the real vocabulary, against what libtorch computes with the same weights; all in f32. */
class Gpt2OracleTest {

    private static final double RTOL = 1e-4;
    private static final int ROWS = 4;
    private static final int LENGTH = 64;

    private final Path folder = SharedData.file("gpt2-tiny");
    private final Map<String, Object> expected = Json.readObject(folder.resolve("expected.json"));

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void logitsProbabilitiesAndContinuations(String backend) {
        try (Weft weft = open(backend);
                LoadedModel model = LoadedModel.open(folder);
                Generator generator = Generator.open(weft, model.program(), model.parameters(), List.of(8, 1))) {
            for (Map<String, Object> prompt : objects(expected.get("prompts"))) {
                int[] ids = ints(prompt.get("ids"));
                assertThat(model.tokenizer().encode((String) prompt.get("text")))
                        .isEqualTo(ids);
                generator.reset();
                float[] logits = generator.feed(ids);
                int[] top = ints(prompt.get("top20_ids"));
                double[] topLogits = doubles(prompt.get("top20_logits"));
                double[] probabilities = doubles(prompt.get("top20_probs"));
                Distribution distribution = Distribution.of(logits);
                for (int i = 0; i < top.length; i++) {
                    assertThat((double) logits[top[i]]).isCloseTo(topLogits[i], within(RTOL * topLogits[i]));
                    assertThat(distribution.probability(top[i]))
                            .isCloseTo(probabilities[i], within(RTOL * probabilities[i]));
                }
                int[] greedy = ints(prompt.get("greedy_32"));
                int[] made = generator.generate(ids, greedy.length, Sampling.GREEDY, 0, 0, id -> true);
                assertThat(made).isEqualTo(greedy);
                assertThat(model.tokenizer().decode(made)).isEqualTo(prompt.get("greedy_text"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void lossAndEveryGradient(String backend) {
        Map<String, Object> batch = object(expected.get("batch"));
        SequencedMap<String, Tensor> gradients = new LinkedHashMap<>();
        try (Weft weft = open(backend);
                LoadedModel loaded = LoadedModel.open(folder);
                Model model = trainable(weft, loaded, List.of("accumulate"))) {
            List<Tensor> outputs =
                    List.copyOf(model.run("accumulate", tokens(loaded)).values());
            double loss = Model.scalar(outputs.get(0)) / Model.scalar(outputs.get(1));
            double wanted = number(batch.get("loss_nats"));
            assertThat(loss).isCloseTo(wanted, within(RTOL * wanted));
            // Gradients of the sum; libtorch's are of the mean.
            float scale = 1 / Model.scalar(outputs.get(1));
            loaded.parameters()
                    .keySet()
                    .forEach(name -> gradients.put(name, scaled(model.read("program.gradients." + name), scale)));
        }
        Names names = Names.parse(ShippedPrograms.resource("gpt.names").orElseThrow(), "gpt.names");
        Map<String, Object> wanted = object(batch.get("gradients"));
        SoftAssertions soft = new SoftAssertions();
        List<String> misses = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            SequencedMap<String, Tensor> theirs = names.exportTensors(gradients, arena);
            soft.assertThat(theirs.keySet())
                    .containsExactlyInAnyOrderElementsOf(wanted.keySet())
                    .hasSize(52);
            theirs.forEach(
                    (name, gradient) -> compare(soft, name, gradient.toFloats(), object(wanted.get(name)), misses));
        }
        soft.assertThat(misses).as("elements that miss the rule").hasSizeLessThanOrEqualTo(allowedMisses(backend));
        soft.assertAll();
    }

    /**
     * How many elements may miss the rule, and then by no more than ten times its second part. libtorch's own rounding is in the
     * numbers: computed in f64, h.3.mlp.c_proj.bias[2] is 1.51552e-4, which is 5.6e-5 of the root mean square from libtorch's
     * 1.51059e-4. The interpreter sums in f64 and finds 1.51550e-4.
     */
    private static int allowedMisses(String backend) {
        return backend.equals("reference") ? 2 : 0;
    }

    private static void compare(
            SoftAssertions soft, String name, float[] got, Map<String, Object> wanted, List<String> misses) {
        double l2 = number(wanted.get("l2"));
        double square = 0;
        for (float element : got) {
            square += (double) element * element;
        }
        soft.assertThat(Math.sqrt(square)).as("l2 of %s", name).isCloseTo(l2, within(RTOL * l2));
        double[] first = doubles(wanted.get("first4"));
        for (int i = 0; i < first.length; i++) {
            double relative = 1e-3 * Math.abs(first[i]);
            double floor = 1e-5 * l2 / Math.sqrt(got.length);
            if (Math.abs(got[i] - first[i]) > relative + floor) {
                misses.add("%s[%d]".formatted(name, i));
            }
            soft.assertThat((double) got[i]).as("%s[%d]", name, i).isCloseTo(first[i], within(relative + 10 * floor));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void tenStepsOfAdamW(String backend) {
        Map<String, Object> run = object(expected.get("adamw_10_steps_same_batch"));
        double[] losses = doubles(run.get("losses_before_each_step"));
        try (Weft weft = open(backend);
                LoadedModel loaded = LoadedModel.open(folder);
                Model model = trainable(weft, loaded, List.of("step"))) {
            Map<String, Tensor> inputs = tokens(loaded);
            inputs.put("lr", Tensor.of(new float[] {(float) number(run.get("lr"))}));
            inputs.put("clip", Tensor.of(new float[] {Float.POSITIVE_INFINITY}));
            // The interpreter takes seconds a step: it does the first two, and with -Dweft.slow all.
            boolean some = backend.equals("reference") && !Boolean.getBoolean("weft.slow");
            double[] got = new double[some ? 2 : losses.length];
            for (int step = 0; step < got.length; step++) {
                got[step] = Model.scalar(model.run("step", inputs).firstEntry().getValue());
            }
            for (int step = 0; step < got.length; step++) {
                assertThat(got[step]).as("step %d", step).isCloseTo(losses[step], within(RTOL * losses[step]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "cpu")
    void lossOfTheFirstValidationWindows(String backend) {
        double wanted = number(object(expected.get("validation")).get("loss_nats"));
        try (Weft weft = open(backend);
                LoadedModel loaded = LoadedModel.open(folder)) {
            int[] tokens = Arrays.copyOf(validation(loaded), 64 * 128 + 1);
            Evaluation evaluation = Evaluation.of(
                    weft,
                    loaded.program(),
                    loaded.parameters(),
                    new ValidationWindows(tokens, 128, 8),
                    new TextLength(1, 1));

            assertThat(evaluation.tokens()).isEqualTo(64 * 128);
            assertThat(evaluation.natsPerToken()).isCloseTo(wanted, within(RTOL * wanted));
        }
    }

    /** The test is skipped where the backend cannot run. */
    private static Weft open(String backend) {
        Score score = Backends.named(backend).score();
        assumeTrue(score.value() > 0, () -> "skipped: " + backend + ": " + score.reason());
        return Weft.open(backend, 2);
    }

    /** With the loaded parameters, and AdamW as libtorch runs it. */
    private Model trainable(Weft weft, LoadedModel loaded, List<String> entries) {
        Program program = loaded.program().optimizer("adamw", Map.of("beta2", "0.999", "decay_from_rank", "0"));
        Map<String, Long> sizes = Map.of("B", (long) ROWS, "T", (long) LENGTH);
        Model model = weft.compile(program.lower(
                entries.stream().map(entry -> EntryRequest.of(entry, sizes)).toList()));
        model.load(loaded.parameters());
        return model;
    }

    private static int[] validation(LoadedModel loaded) {
        Corpus corpus = Corpus.read(List.of(SharedData.file("tinyshakespeare.txt")));
        return loaded.tokenizer().encode(corpus.validation());
    }

    private static Map<String, Tensor> tokens(LoadedModel loaded) {
        int[] all = validation(loaded);
        int[] tokens = new int[ROWS * LENGTH];
        int[] targets = new int[ROWS * LENGTH];
        float[] weight = new float[ROWS * LENGTH];
        for (int row = 0; row < ROWS; row++) {
            System.arraycopy(all, row * 1000, tokens, row * LENGTH, LENGTH);
            System.arraycopy(all, row * 1000 + 1, targets, row * LENGTH, LENGTH);
        }
        Arrays.fill(weight, 1);
        Map<String, Tensor> batch = new LinkedHashMap<>();
        batch.put("tokens", Tensor.of(tokens, ROWS, LENGTH));
        batch.put("targets", Tensor.of(targets, ROWS, LENGTH));
        batch.put("weight", Tensor.of(weight, ROWS, LENGTH));
        return batch;
    }

    private static Tensor scaled(Tensor tensor, float scale) {
        float[] elements = tensor.toFloats();
        for (int i = 0; i < elements.length; i++) {
            elements[i] *= scale;
        }
        MemorySegment data = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, elements);
        return new Tensor(tensor.type(), data);
    }

    @SuppressWarnings("unchecked") // JSON objects have strings as keys
    private static Map<String, Object> object(Object json) {
        return (Map<String, Object>) json;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> objects(Object json) {
        return (List<Map<String, Object>>) json;
    }

    private static double number(Object json) {
        return ((Number) json).doubleValue();
    }

    private static double[] doubles(Object json) {
        return ((List<?>) json).stream().mapToDouble(Gpt2OracleTest::number).toArray();
    }

    private static int[] ints(Object json) {
        return ((List<?>) json)
                .stream().mapToInt(item -> ((Number) item).intValue()).toArray();
    }
}
