package dev.weft.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program that embeds Weft may rely on: closing, one thread at a time, and memory. */
class EmbeddingTest {

    static final int CONTEXT = 8;
    static final int VOCABULARY = 7;

    static final Program PROGRAM = Program.load("gpt")
            .with(Map.of("layers", "1", "heads", "2", "width", "8", "context", "8", "vocab", "7"))
            .optimizer("sgd", Map.of());

    static Model model(Weft weft) {
        Map<String, Long> sizes = Map.of("B", 2L, "T", (long) CONTEXT);
        Model model = weft.compile(PROGRAM, EntryRequest.of("step", sizes), EntryRequest.of("rate", Map.of()));
        model.initialize(1);
        return model;
    }

    static Batches batches() {
        int[] tokens = IntStream.range(0, 200).map(i -> i * i % VOCABULARY).toArray();
        return Batches.of(new TrainingWindows(tokens, CONTEXT, 2, 1), new ValidationWindows(tokens, CONTEXT, 2));
    }

    private static Generator generator(Weft weft, Model model) {
        return Generator.open(weft, PROGRAM, model.parameters(), List.of(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void everythingMayBeClosedInAnyOrderAndAgain(String backend) {
        List<List<Integer>> orders = backend.equals("cpu")
                ? List.of(List.of(0, 1, 2), List.of(2, 1, 0))
                : List.of(
                        List.of(0, 1, 2),
                        List.of(0, 2, 1),
                        List.of(1, 0, 2),
                        List.of(1, 2, 0),
                        List.of(2, 0, 1),
                        List.of(2, 1, 0));
        for (List<Integer> order : orders) {
            Weft weft = Weft.open(backend, 2);
            Model model = model(weft);
            Trainer trainer = new Trainer(model, batches(), Trainer.Options.of(10, 0.1));
            assertThat(trainer.step().isFinite()).isTrue();
            Generator generator = generator(weft, model);
            List<AutoCloseable> resources = List.of(weft, model, generator);

            for (int pass = 0; pass < 2; pass++) {
                order.forEach(index -> close(resources.get(index)));
            }

            assertThatThrownBy(trainer::step)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed");
            assertThatThrownBy(() -> generator.feed(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed");
            assertThatThrownBy(() -> model(weft))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("backend " + backend + ": is closed");
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSecondThreadIsTold() throws InterruptedException {
        try (Weft weft = Weft.open("reference", 1);
                Model model = model(weft);
                Generator generator = generator(weft, model)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch tried = new CountDownLatch(1);
            Batches waiting = new Batches() {
                @Override
                public Map<String, Tensor> training(long step, int micro) {
                    inside.countDown();
                    await(tried);
                    return batches().training(step, micro);
                }

                @Override
                public int validationBatches() {
                    return 0;
                }

                @Override
                public Map<String, Tensor> validation(int index) {
                    throw new AssertionError("there is none");
                }
            };
            Trainer trainer = new Trainer(model, waiting, Trainer.Options.of(10, 0.1));
            AtomicReference<Trainer.Step> step = new AtomicReference<>();

            Thread first = Thread.ofPlatform().start(() -> step.set(trainer.step()));
            inside.await();
            assertThatThrownBy(trainer::step)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("trainer: is in use by another thread; give each thread its own");
            assertThatThrownBy(trainer::snapshot).isInstanceOf(IllegalStateException.class);
            tried.countDown();
            first.join();

            assertThat(step.get().number()).isEqualTo(1);
            assertThat(trainer.done()).isEqualTo(1);

            CountDownLatch generating = new CountDownLatch(1);
            CountDownLatch refused = new CountDownLatch(1);
            AtomicReference<int[]> made = new AtomicReference<>();
            Thread second = Thread.ofPlatform()
                    .start(() -> made.set(generator.generate(new int[] {1}, 3, Sampling.GREEDY, 1, 0, token -> {
                        generating.countDown();
                        await(refused);
                        return true;
                    })));
            generating.await();
            assertThatThrownBy(() -> generator.feed(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("generator: is in use by another thread; give each thread its own");
            refused.countDown();
            second.join();

            assertThat(made.get()).hasSize(3);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallbackMustNotCallBack() {
        try (Weft weft = Weft.open("reference", 1);
                Model model = model(weft);
                Generator generator = generator(weft, model)) {
            List<String> said = new ArrayList<>();

            generator.generate(new int[] {1}, 2, Sampling.GREEDY, 1, 0, token -> {
                assertThatThrownBy(() -> generator.feed(token)).satisfies(thrown -> said.add(thrown.getMessage()));
                return true;
            });

            assertThat(said)
                    .hasSize(2)
                    .containsOnly(
                            "generator: is in the middle of a call, and must not be called from what that call calls");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    @SuppressWarnings("try") // closing in the middle is what is tested
    void aModelThatDoesNotFitIsRefusedBeforeAnythingIsAllocated(String backend) {
        WeftOptions options = WeftOptions.defaults().backend(backend).threads(1);
        long needed;
        try (Weft weft = Weft.open(options);
                Model model = model(weft)) {
            needed = model.statistics().peakBytes();
        }
        try (Weft weft = Weft.open(options.memory(needed + needed / 2));
                Model first = model(weft)) {
            assertThatThrownBy(() -> model(weft))
                    .as("two do not fit")
                    .isInstanceOf(MachineException.class)
                    .hasMessageMatching(
                            "memory: the tensors of this program need [0-9.]+ (KiB|MiB), the memory limit leaves "
                                    + "[0-9.]+ (bytes|KiB); "
                                    + (backend.equals("cpu")
                                            ? "even a batch of 1 does not fit: take a smaller context or model"
                                            : "take a smaller batch, context or model, or give it more memory"));
            assertThat(first.statistics().peakBytes()).isLessThanOrEqualTo(needed);
            first.close();
            model(weft).close();
        }
    }

    @Test
    void aProgramMayBeText() {
        Program program = Program.of("rosenbrock", """
                model Rosenbrock() {
                    fn value(x: f32[N]) -> f32[] where N >= 2 {
                        a = x[: N - 1]
                        b = x[1 :]
                        sum(100 * (b - a * a) ** 2 + (1 - a) ** 2)
                    }

                    fn slope(x: f32[N]) -> f32[N] where N >= 2 = grad(value, wrt x)(x)
                }
                """);
        try (Weft weft = Weft.open("reference", 1);
                Model model = weft.compile(program, EntryRequest.of("slope", Map.of("N", 3L)))) {
            Tensor slope = model.run("slope", Map.of("x", Tensor.of(new float[] {1, 2, 3}, 3)))
                    .firstEntry()
                    .getValue();

            assertThat(slope.toFloats()).containsExactly(-400, 1002, -200);
        }
        assertThatThrownBy(() -> Program.of("wrong", "model Wrong() { fn f(x: f32[N]) -> f32[] = x }"))
                .isInstanceOf(ProgramException.class)
                .hasMessageStartingWith("wrong.weft: does not pass the checks");
    }

    @Test
    void optionsMustBePossible() {
        assertThatThrownBy(() -> WeftOptions.defaults().threads(0))
                .isInstanceOf(UserException.class)
                .hasMessage("threads: must be at least 1, got 0");
        assertThatThrownBy(() -> WeftOptions.defaults().threads(100_000))
                .isInstanceOf(UserException.class)
                .hasMessageMatching("threads: must be at most \\d+ on a machine of \\d+ processors, got 100000");
        assertThat(WeftOptions.defaults().threads(64).threads()).isEqualTo(64);
        assertThatThrownBy(() -> WeftOptions.defaults().memory(0)).isInstanceOf(UserException.class);
    }
}
