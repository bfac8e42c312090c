package dev.weft.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Generator;
import dev.weft.models.LoadedModel;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import dev.weft.models.run.Checkpoints;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunLog;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingRunTest {

    @TempDir
    Path folder;

    private final Weft weft = Weft.open("reference", 1);
    private Path text = Path.of("");

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(
                folder.resolve("text.txt"), "the cat sat on the mat; the dog sat on the log.\n".repeat(12));
    }

    @AfterEach
    void close() {
        weft.close();
    }

    private TrainingRequest request(int steps, int accumulate) {
        return TrainingRequest.of("gpt")
                .withConstants(Map.of("layers", "1", "heads", "2", "width", "8", "context", "8"))
                .withOptimizer("adamw", Map.of("beta2", "0.99"))
                .withData(text.toString())
                .withBatch(4)
                .withEvalEvery(4)
                .withOptions(new Trainer.Options(steps, accumulate, 1e-2, 1e-3, 2, 1, 7, Map.of("drop", 0.1)));
    }

    private TrainingResult train(TrainingRequest request, Path out) {
        try (TrainingRun run = TrainingRun.start(weft, request, out, folder)) {
            return run.train(TrainingListener.NONE);
        }
    }

    private static List<Object> losses(Path run) {
        return RunLog.read(run).stream()
                .filter(event -> "step".equals(event.get("event")))
                .map(event -> event.get("loss"))
                .toList();
    }

    @Test
    void keepsEverythingToUseAndToRepeatTheModel() {
        TrainingResult result = train(request(10, 1), folder.resolve("run"));

        Path run = result.run();
        assertThat(run).isEqualTo(folder.resolve("run"));
        assertThat(List.of(
                        "run.json", "config.json", "log.jsonl", "model.safetensors", "samples.txt", "program/gpt.weft"))
                .allSatisfy(file -> assertThat(run.resolve(file)).exists());
        assertThat(result.validationLoss()).isLessThan(Math.log(20));
        assertThat(result.steps()).isEqualTo(10);
        assertThat(result.samples()).isNotEmpty();
        assertThat(RunLog.read(run).stream().map(event -> event.get("event")).distinct())
                .containsExactly("start", "compiled", "eval", "checkpoint", "step");
        assertThat(Checkpoints.of(run).last()).hasValue(10);
        try (LoadedModel model = LoadedModel.open(run);
                Generator generator = Generator.open(weft, model.program(), model.parameters())) {
            assertThat(generator.predict(model.tokenizer().encode("the ")).size())
                    .isEqualTo(model.tokenizer().vocabularySize());
        }
    }

    @Test
    void aRunThatWasStoppedGoesOnToTheSameBits() {
        Path whole = train(request(9, 2), folder.resolve("whole")).run();
        Path cut = folder.resolve("cut");
        try (TrainingRun run = TrainingRun.start(weft, request(9, 2), cut, folder)) {
            TrainingResult result = run.train(new TrainingListener() {
                @Override
                public void step(Trainer.Step step, long steps, double seconds) {
                    if (step.number() == 5) {
                        run.requestStop();
                    }
                }
            });
            assertThat(result.interrupted()).isTrue();
            assertThat(result.steps()).isEqualTo(5);
        }

        try (TrainingRun run = TrainingRun.resume(weft, cut)) {
            assertThat(run.train(TrainingListener.NONE).interrupted()).isFalse();
        }

        assertThat(losses(cut)).isEqualTo(losses(whole));
        assertThat(cut.resolve("model.safetensors")).hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    }

    @Test
    void resumingRefusesOtherData() throws IOException {
        Path run = train(request(2, 1), folder.resolve("run")).run();
        Files.writeString(text, "something else altogether, the cat sat on the mat.\n".repeat(12));

        assertThatThrownBy(() -> TrainingRun.resume(weft, run))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("its data has changed");
    }

    @Test
    void aRunInBf16IsResumedInBf16AndIsStartedFromInAny() {
        WeftOptions options = WeftOptions.defaults().backend("reference");
        try (Weft narrow = Weft.open(options.precision(ElementType.BF16))) {
            Path run = folder.resolve("run");
            TrainingRun.start(narrow, request(2, 1), run, folder).close();

            assertThat(RunFolder.precision(RunFolder.readRun(run))).isEqualTo(ElementType.BF16);
            assertThatThrownBy(() -> TrainingRun.resume(weft, run))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("computes in bf16 and would not go on to the same bits in f32");
            try (TrainingRun again = TrainingRun.resume(narrow, run)) {
                assertThat(again.train(TrainingListener.NONE).steps()).isEqualTo(2);
            }
            Path next = train(request(2, 1).withInitFrom(run.toString()), folder.resolve("next"))
                    .run();
            assertThat(RunFolder.precision(RunFolder.readRun(next))).isEqualTo(ElementType.F32);
        }
    }

    @Test
    void tf32IsRefusedByABackendThatHasNone() {
        assertThatThrownBy(() ->
                        Weft.open(WeftOptions.defaults().backend("reference").withTf32()))
                .isInstanceOf(UserException.class)
                .hasMessage("precision tf32: backend reference has none; choose --precision f32, or --backend cuda");
    }

    @Test
    void whatABackendChoseIsReadFromTheRunAndAnythingElseLeftOut() {
        Map<String, Object> run = Map.of(RunFolder.CHOICES, Map.of("a", "00ff", "b", 7));
        assertThat(RunFolder.choices(run)).containsExactly(Map.entry("a", "00ff"));
        assertThat(RunFolder.choices(Map.of(RunFolder.CHOICES, "none"))).isEmpty();
        assertThat(RunFolder.products(Map.of(RunFolder.PRECISION, RunFolder.TF32)))
                .isEqualTo("tf32");
        assertThat(RunFolder.precision(Map.of(RunFolder.PRECISION, RunFolder.TF32)))
                .isEqualTo(ElementType.F32);
    }

    @Test
    void resumingRefusesAnotherProgram() throws IOException {
        Path run = train(request(2, 1), folder.resolve("run")).run();
        Path source = run.resolve("program/adamw.weft");
        Files.writeString(source, Files.readString(source).replace("t := t + 1", "t := t + 2"));

        assertThatThrownBy(() -> TrainingRun.resume(weft, run))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("its program has changed");
    }

    @Test
    void neverWritesOverAnotherRun() {
        train(request(1, 1), folder.resolve("run"));

        assertThatThrownBy(() -> train(request(1, 1), folder.resolve("run")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("holds another run");
    }

    @Test
    void trainsFromTensorsNamedLikeTheArgumentsOfTheLoss() {
        int rows = 40;
        float[] x = new float[rows * 3];
        int[] label = IntStream.range(0, rows).map(row -> row % 2).toArray();
        IntStream.range(0, rows).forEach(row -> x[row * 3 + row % 2] = 1);
        Npy.write(folder.resolve("x.npy"), Tensor.of(x, rows, 3));
        Npy.write(folder.resolve("label.npy"), Tensor.of(label, rows));
        TrainingRequest request = TrainingRequest.of("mlp")
                .withConstants(Map.of("features", "3", "hidden", "8", "classes", "2"))
                .withData(
                        folder.resolve("x.npy").toString(),
                        folder.resolve("label.npy").toString())
                .withBatch(8)
                .withOptions(Trainer.Options.of(60, 2e-2));

        TrainingResult result = train(request, folder.resolve("run"));

        assertThat(result.validationLoss()).isLessThan(0.3);
        assertThat(result.samples()).isEmpty();
        assertThatThrownBy(() -> train(request.withConstants(Map.of("features", "4")), folder.resolve("other")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("x must be f32[8:B,4]");
        assertThatThrownBy(() -> train(request.withData(folder.resolve("x.npy").toString()), folder.resolve("other")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("x: f32[B, features]")
                .hasMessageContaining("label: i32[B]");
    }

    @Test
    void saysWhereTheFirstNumberThatIsNoneComesFrom() throws IOException {
        Path program = Files.writeString(folder.resolve("odd.weft"), """
                import nn

                model Inner() {
                    param w: f32[] = 1

                    fn (x: f32[B]) -> f32[B] {
                        y = x * w
                        log(y)
                    }
                }

                model Odd() {
                    inner: Inner()

                    fn loss(x: f32[B]) -> (f32[], f32[]) = (sum(inner(x)), f32(size(x, 0)))
                }
                """);
        float[] x = new float[40];
        IntStream.range(0, x.length).forEach(row -> x[row] = row == 3 ? -1 : 1);
        Npy.write(folder.resolve("x.npy"), Tensor.of(x, x.length));
        TrainingRequest request = TrainingRequest.of(program.toString())
                .withData(folder.resolve("x.npy").toString())
                .withBatch(4)
                .withOptimizer("sgd", Map.of())
                .withEvalEvery(1)
                .withOptions(Trainer.Options.of(100, 1e-6));

        AtomicReference<Path> run = new AtomicReference<>();
        assertThatThrownBy(() -> {
                    try (TrainingRun training = TrainingRun.start(weft, request, null, folder)) {
                        run.set(training.folder());
                        training.train(TrainingListener.NONE);
                    }
                })
                .isInstanceOf(UserException.class)
                .hasMessageContaining("finite")
                .hasMessageContaining("NaN in log at ")
                .hasMessageContaining("odd.weft:8:9")
                .hasMessageContaining("inner")
                .hasMessageContaining("checkpoints/step-");
        try (LoadedModel model = LoadedModel.open(run.get())) {
            assertThat(model.parameters().get("inner.w").toFloats()[0]).isFinite();
        }
    }

    @Test
    void aLastStepThatLeavesNoNumbersStopsTheRun() throws IOException {
        // Finite momentum, divided by zero: parameters that are no numbers, after a step with a finite loss.
        Path broken = Files.writeString(folder.resolve("broken.weft"), """
                optimizer Broken(model) {
                    fn update(grads: like params(model), lr: f32[]) {
                        for (w, g) in zip(params(model), grads) {
                            w := w + g / (lr - lr)
                        }
                    }
                }
                """);
        Path run = folder.resolve("run");
        assertThatThrownBy(() -> train(request(1, 1).withOptimizer(broken.toString(), Map.of()), run))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "training: step 1 must leave a finite validation loss, got NaN; the first value")
                .hasMessageContaining("The last good checkpoint is kept, " + run.resolve("checkpoints/step-0"));
        assertThat(RunFolder.model(run)).doesNotExist();
        assertThat(Checkpoints.of(run).last()).hasValue(0);
    }

    @ParameterizedTest
    @CsvSource({
        "adamw, beta1, 1",
        "adamw, beta1, -0.1",
        "adamw, beta2, 2",
        "adamw, decay, -1",
        "sgd, momentum, 1.5",
        "sgd, decay, -1"
    })
    void refusesConstantsOfOptimizersThatAreOutOfRange(String optimizer, String constant, String value) {
        assertThatThrownBy(() ->
                        train(request(1, 1).withOptimizer(optimizer, Map.of(constant, value)), folder.resolve("run")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(optimizer + ".weft")
                .hasMessageContaining(constant)
                .hasMessageContaining(value);
    }

    @Test
    void namesTheOptionsThatTheFilesTake() {
        assertThatThrownBy(
                        () -> train(request(1, 1).withOptimizer("sgd", Map.of("beta1", "0.5")), folder.resolve("run")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("beta1")
                .hasMessageContaining("[momentum, decay, decay_from_rank]");
        Trainer.Options options = new Trainer.Options(1, 1, 1e-2, 0, 0, 1, 7, Map.of("dropp", 0.1));
        assertThatThrownBy(() -> train(request(1, 1).withOptions(options), folder.resolve("run")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("dropp")
                .hasMessageContaining("[drop]");
    }

    @Test
    void startsFromTheParametersOfAnotherRun() {
        TrainingResult first = train(request(8, 1), folder.resolve("first"));

        try (TrainingRun second = TrainingRun.start(
                weft,
                request(1, 1).withConstants(Map.of()).withInitFrom(first.run().toString()),
                null,
                folder)) {
            AtomicReference<Double> before = new AtomicReference<>();
            second.train(new TrainingListener() {
                @Override
                public void evaluated(long step, double loss) {
                    before.compareAndSet(null, loss);
                }
            });
            assertThat(before.get()).isEqualTo(first.validationLoss());
        }
    }
}
