package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.EntryRequest;
import dev.weft.models.Batches;
import dev.weft.models.Generator;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * A tiny GPT on the host device as programs of the user see it: trained with a learning rate that rises and falls and with dropout, saved,
 * resumed, and asked to go on with a text; beside the reference.
 */
class TinyGptTest {
    private static final int CONTEXT = 16;
    private static final int ROWS = 2;
    private static final int VOCAB = 61;
    private static final int STEPS = 3;
    private static final Program PROGRAM = Program.load("gpt")
            .with(Map.of("layers", "2", "heads", "2", "width", "32", "context", "" + CONTEXT, "vocab", "" + VOCAB))
            .optimizer("adamw", Map.of());
    private static final Trainer.Options SCHEDULED = options(1e-2, 1e-3, 2, 0.2);

    private static Trainer.Options options(double peak, double floor, double warmup, double drop) {
        return new Trainer.Options(STEPS, 1, peak, floor, warmup, 1, 7, Map.of("drop", drop));
    }

    private static Weft weft(String backend) {
        return Weft.open(WeftOptions.defaults().backend(backend).threads(1).withoutCache());
    }

    private static Model model(Weft weft) {
        Model model = weft.compile(
                PROGRAM,
                EntryRequest.of("step", Map.of("B", (long) ROWS, "T", (long) CONTEXT))
                        .inputs(Set.of("drop")),
                EntryRequest.of("rate", Map.of()));
        model.initialize(1);
        return model;
    }

    private static Trainer trainer(Model model, Trainer.Options options) {
        int[] tokens = IntStream.range(0, 500).map(i -> i * i % VOCAB).toArray();
        Batches batches =
                Batches.of(new TrainingWindows(tokens, CONTEXT, ROWS, 1), new ValidationWindows(tokens, CONTEXT, ROWS));
        return new Trainer(model, batches, options);
    }

    private static SequencedMap<String, Tensor> trained(Weft weft, Trainer.Options options) {
        try (Model model = model(weft)) {
            Trainer trainer = trainer(model, options);
            while (!trainer.isFinished()) {
                trainer.step();
            }
            return trainer.snapshot();
        }
    }

    private static Map<String, List<Float>> numbers(Map<String, Tensor> tensors) {
        Map<String, List<Float>> numbers = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            float[] values = tensor.toFloats();
            numbers.put(
                    name,
                    IntStream.range(0, values.length).mapToObj(i -> values[i]).toList());
        });
        return numbers;
    }

    @Test
    void trainsAsTheReferenceDoesByRateAndDropout() {
        try (Weft host = weft("cuda-host");
                Weft reference = weft("reference")) {
            Map<String, Tensor> wanted = trained(reference, SCHEDULED);
            Map<String, Tensor> got = trained(host, SCHEDULED);

            assertThat(got).containsOnlyKeys(wanted.keySet());
            wanted.forEach((name, tensor) -> assertThat(got.get(name).toFloats())
                    .as(name)
                    .containsExactly(tensor.toFloats(), within(tensor.toFloats())));
            assertThat(numbers(trained(host, SCHEDULED))).isEqualTo(numbers(got));
            assertThat(numbers(trained(host, options(1e-2, 1e-2, 0, 0.2)))).isNotEqualTo(numbers(got));
            assertThat(numbers(trained(host, options(1e-2, 1e-3, 2, 0)))).isNotEqualTo(numbers(got));
        }
    }

    /** The gradient of the keys' bias is nothing but rounding, which the optimizer makes larger. */
    private static Offset<Float> within(float[] values) {
        float most = 0;
        for (float value : values) {
            most = Math.max(most, Math.abs(value));
        }
        return Offset.offset(1e-3f * most + 1e-6f);
    }

    @Test
    void goesOnFromWhatWasSavedToTheSameBits() {
        try (Weft host = weft("cuda-host");
                Model first = model(host);
                Model second = model(host)) {
            Trainer begun = trainer(first, SCHEDULED);
            begun.step();
            SequencedMap<String, Tensor> saved = begun.snapshot();
            begun.step();
            begun.step();

            Trainer resumed = trainer(second, SCHEDULED);
            resumed.restore(saved, 1);
            resumed.step();
            resumed.step();
            assertThat(numbers(resumed.snapshot())).isEqualTo(numbers(begun.snapshot()));
        }
    }

    @Test
    void goesOnWithATextAsTheReferenceDoes() {
        try (Weft host = weft("cuda-host");
                Weft reference = weft("reference")) {
            SequencedMap<String, Tensor> parameters;
            try (Model model = model(host)) {
                trainer(model, SCHEDULED).step();
                parameters = model.parameters();
            }
            try (Generator here = Generator.open(host, PROGRAM, parameters, List.of(1, 4));
                    Generator there = Generator.open(reference, PROGRAM, parameters, List.of(1, 4))) {
                float[] wanted = there.feed(1, 2, 3, 4, 5, 6);
                assertThat(here.feed(1, 2, 3, 4, 5, 6)).containsExactly(wanted, within(wanted));
                here.reset();
                there.reset();
                assertThat(here.generate(new int[] {9, 8}, 8, Sampling.GREEDY, 1, 0, token -> true))
                        .isEqualTo(there.generate(new int[] {9, 8}, 8, Sampling.GREEDY, 1, 0, token -> true));
            }
        }
    }
}
