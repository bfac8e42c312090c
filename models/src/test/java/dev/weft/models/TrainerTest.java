package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.UserException;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

    private static final int CONTEXT = 8;
    private static final int VOCABULARY = 7;

    private static final Program PROGRAM = Program.load("gpt")
            .with(Map.of("layers", "2", "heads", "2", "width", "8", "context", "8", "vocab", "7"))
            .optimizer("adamw", Map.of("beta2", "0.99"));

    private static Batches batches(int rows) {
        int[] tokens = IntStream.range(0, 200).map(i -> i * i % VOCABULARY).toArray();
        return Batches.of(new TrainingWindows(tokens, CONTEXT, rows, 1), new ValidationWindows(tokens, CONTEXT, rows));
    }

    private static Model model(Weft weft, int rows) {
        Map<String, Long> sizes = Map.of("B", (long) rows, "T", (long) CONTEXT);
        Model model = weft.compile(PROGRAM.lower(List.of(
                EntryRequest.of("step", sizes),
                EntryRequest.of("accumulate", sizes),
                EntryRequest.of("apply", Map.of()),
                EntryRequest.of("evaluate", sizes),
                EntryRequest.of("rate", Map.of()))));
        model.initialize(1);
        return model;
    }

    private static Trainer.Options options(int accumulate) {
        return new Trainer.Options(30, accumulate, 1e-2, 1e-3, 3, 1, 1, Map.of());
    }

    @Test
    void lossFallsFromThatOfChance() {
        try (Weft weft = Weft.open("reference", 1);
                Model model = model(weft, 4)) {
            Trainer trainer = new Trainer(model, batches(4), options(1));

            assertThat(trainer.evaluate()).isCloseTo(Math.log(VOCABULARY), within(0.1));
            while (!trainer.isFinished()) {
                assertThat(trainer.step().isFinite()).isTrue();
            }
            assertThat(trainer.evaluate()).isLessThan(1.2);
        }
    }

    @Test
    void refusesOptionsOutOfRangeByTheirNames() {
        refused("steps: must be at least 1, got 0", 0, 1, 1e-2, 0, 0, 1);
        refused("accumulate: must be at least 1, got 0", 1, 0, 1e-2, 0, 0, 1);
        refused("lr: must be positive and finite, got -1.0", 1, 1, -1, -0.1, 0, 1);
        refused("min-lr: must be at least 0, got -0.1", 1, 1, 1e-2, -0.1, 0, 1);
        refused("min-lr: must be at most lr, which is 0.01, got 5.0", 1, 1, 1e-2, 5, 0, 1);
        refused("warmup: must be a number of steps, 0 or more, got NaN", 1, 1, 1e-2, 0, Double.NaN, 1);
        refused("clip: must be positive, got -1.0", 1, 1, 1e-2, 0, 0, -1);
    }

    private static void refused(
            String message, long steps, int accumulate, double peak, double floor, double warmup, double clip) {
        assertThatThrownBy(() -> new Trainer.Options(steps, accumulate, peak, floor, warmup, clip, 7, Map.of()))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    @Test
    void aMemoryBudgetChangesNoBit() {
        WeftOptions options = WeftOptions.defaults().backend("cpu").threads(2);
        List<Trainer.Step> all = steps(options, Long.MAX_VALUE);

        assertThat(steps(options, smaller(options))).isEqualTo(all);
    }

    /** Nine tenths of what the model takes without a budget. */
    private static long smaller(WeftOptions options) {
        try (Weft weft = Weft.open(options);
                Model model = model(weft, 64)) {
            assertThat(model.statistics().again().regions()).isZero();
            return model.statistics().peakBytes() * 9 / 10;
        }
    }

    private static List<Trainer.Step> steps(WeftOptions options, long budget) {
        try (Weft weft = Weft.open(options.memoryBudget(budget));
                Model model = model(weft, 64)) {
            assertThat(model.statistics().again().regions() > 0).isEqualTo(budget < Long.MAX_VALUE);
            Trainer trainer = new Trainer(model, batches(64), options(1));
            return List.of(trainer.step(), trainer.step(), trainer.step());
        }
    }

    @Test
    void aRestoredTrainerGoesOnToTheSameBits() {
        try (Weft weft = Weft.open("reference", 1);
                Model model = model(weft, 2)) {
            Trainer trainer = new Trainer(model, batches(2), options(2));
            trainer.step();
            var snapshot = trainer.snapshot();
            List<Trainer.Step> first = List.of(trainer.step(), trainer.step());

            trainer.restore(snapshot, 1);

            assertThat(List.of(trainer.step(), trainer.step())).isEqualTo(first);
        }
    }

    /** Whatever the optimizer keeps: moments, a count of steps, nothing at all. */
    @ParameterizedTest
    @ValueSource(strings = {"adamw", "sgd", "plain"})
    void aStepThatIsNotFiniteChangesNothing(String optimizer, @TempDir Path folder) throws IOException {
        Path plain = Files.writeString(folder.resolve("plain.weft"), """
                optimizer Plain(model) {
                    fn update(grads: like params(model), lr: f32[]) {
                        for (w, g) in zip(params(model), grads) {
                            w := w - lr * g
                        }
                    }
                }
                """);
        Path odd = Files.writeString(folder.resolve("odd.weft"), """
                model Odd() {
                    param w: f32[3] = 1

                    fn loss(x: f32[B]) -> (f32[], f32[]) = (sum(log(x)) * sum(w * w), f32(size(x, 0)))
                }
                """);
        String chosen = optimizer.equals("plain") ? plain.toString() : optimizer;
        Program program = Program.load(odd.toString()).optimizer(chosen, Map.of());
        try (Weft weft = Weft.open("reference", 1);
                Model model = weft.compile(program.lower(
                        List.of(EntryRequest.of("step", Map.of("B", 2L)), EntryRequest.of("rate", Map.of()))))) {
            model.initialize(1);
            Trainer trainer = new Trainer(
                    model,
                    new Batches() {
                        @Override
                        public Map<String, Tensor> training(long step, int micro) {
                            return Map.of("x", Tensor.of(new float[] {2, step == 1 ? -1 : 3}, 2));
                        }

                        @Override
                        public int validationBatches() {
                            return 0;
                        }

                        @Override
                        public Map<String, Tensor> validation(int index) {
                            return Map.of();
                        }
                    },
                    Trainer.Options.of(10, 1e-2));
            assertThat(trainer.step().isFinite()).isTrue();
            Map<String, float[]> before = values(trainer);

            assertThat(trainer.step().isFinite()).isFalse();

            assertThat(values(trainer)).usingRecursiveComparison().isEqualTo(before);
            assertThat(trainer.step().isFinite()).isTrue();
            assertThat(values(trainer).get("w")).isNotEqualTo(before.get("w"));
        }
    }

    private static Map<String, float[]> values(Trainer trainer) {
        Map<String, float[]> values = new HashMap<>();
        trainer.snapshot().forEach((name, tensor) -> values.put(name, tensor.toFloats()));
        return values;
    }
}
