package dev.weft.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.LoadedModel;
import dev.weft.models.ShippedPrograms;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.names.Rename;
import dev.weft.models.run.Checkpoints;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunLog;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting from another model: what matches, what does not, and what to do about it. */
class InitFromTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static final Weft WEFT = Weft.open("reference", 1);
    private static Path text = Path.of("");
    private static Path first = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(
                shared.resolve("text.txt"), "the cat sat on the mat; the dog sat on the log.\n".repeat(12));
        first = shared.resolve("first");
        try (TrainingRun run = TrainingRun.start(WEFT, request("gpt", 6), first, shared)) {
            run.train(TrainingListener.NONE);
        }
    }

    @AfterAll
    static void close() {
        WEFT.close();
    }

    private static TrainingRequest request(String program, int steps) {
        return TrainingRequest.of(program)
                .withConstants(Map.of("layers", "1", "heads", "2", "width", "8", "context", "8"))
                .withData(text.toString())
                .withBatch(4)
                .withEvalEvery(4)
                .withOptions(new Trainer.Options(steps, 1, 1e-2, 1e-3, 2, 1, 7, Map.of("drop", 0.1)));
    }

    /** The validation loss before the first step. */
    private static double firstLoss(Path run) {
        return (Double) RunLog.read(run).stream()
                .filter(event -> "eval".equals(event.get("event")))
                .findFirst()
                .orElseThrow()
                .get("loss");
    }

    private static double lastLoss(Path run) {
        return (Double) RunLog.read(run).stream()
                .filter(event -> "eval".equals(event.get("event")))
                .toList()
                .getLast()
                .get("loss");
    }

    private TrainingRun start(TrainingRequest request, InitFrom from) {
        return TrainingRun.start(WEFT, request.withInitFrom(from), folder.resolve("run"), folder);
    }

    @Test
    void tensorsThatAreNotThereAreNamed() {
        TrainingRequest deeper =
                request("gpt", 1).withConstants(Map.of("layers", "2", "heads", "2", "width", "8", "context", "16"));

        assertThatThrownBy(() -> start(deeper, InitFrom.of(first.toString())))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--partial")
                .hasMessageContaining("blocks.1.attn.qkv.weight is missing")
                .hasMessageContaining("and 6 more that are missing")
                .hasMessageContaining("position.weight must be f32[16,8], got f32[8,8]");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void whatMatchesIsTakenIfThatIsAllowed() {
        TrainingRequest deeper =
                request("gpt", 1).withConstants(Map.of("layers", "2", "heads", "2", "width", "8", "context", "8"));

        try (TrainingRun run = start(deeper, new InitFrom(first.toString(), List.of(), true))) {
            InitReport report = run.initial().orElseThrow();
            assertThat(report.matched()).contains("embed.weight", "blocks.0.attn.qkv.weight");
            assertThat(report.missing()).isNotEmpty().allMatch(name -> name.startsWith("blocks.1."));
            assertThat(report.unexpected()).isEmpty();
            assertThat(report.mismatched()).isEmpty();
            run.train(TrainingListener.NONE);
            assertThat(RunLog.read(run.folder()).getFirst())
                    .containsEntry("init_matched", report.matched().size())
                    .containsEntry("init_missing", report.missing().size());
        }
        assertThat(RunFolder.readRun(folder.resolve("run"))).containsEntry("partial", true);
    }

    @Test
    void tensorsMayHaveOtherNames() throws IOException {
        Path program = Files.writeString(
                folder.resolve("mine.weft"),
                ShippedPrograms.resource("gpt.weft").orElseThrow().replace("blocks", "stack"));
        TrainingRequest request = request(program.toString(), 1);
        InitFrom renamed = new InitFrom(first.toString(), List.of(Rename.parse("blocks.**=stack.**")), false);

        assertThatThrownBy(() -> start(request, InitFrom.of(first.toString())))
                .hasMessageContaining("stack.0.attn.qkv.weight is missing")
                .hasMessageContaining("blocks.0.attn.qkv.weight is not part of the program")
                .hasMessageContaining("--rename");
        assertThatThrownBy(() -> start(request, new InitFrom(first.toString(), List.of(Rename.parse("h.*=b.*")), true)))
                .hasMessageContaining("--rename h.*=b.*: fits no tensor of");
        InitFrom merging = new InitFrom(first.toString(), List.of(Rename.parse("embed.weight=position.weight")), true);
        assertThatThrownBy(() -> start(request, merging)).hasMessageContaining("become position.weight");
        try (TrainingRun run = start(request, renamed)) {
            run.train(TrainingListener.NONE);
        }
        assertThat(firstLoss(folder.resolve("run"))).isEqualTo(lastLoss(first));
        assertThat(RunFolder.readRun(folder.resolve("run"))).containsEntry("rename", List.of("blocks.**=stack.**"));
    }

    @Test
    void aFolderOfOthersIsReadAsItIsWhereTheProgramHasNoNamesForIt() throws IOException {
        Path others = Files.createDirectory(folder.resolve("others"));
        Files.writeString(others.resolve("config.json"), "{\"model_type\": \"mlp\"}");
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        short one = (short) (Float.floatToIntBits(1) >>> 16);
        tensors.put(
                "fc.weight",
                new Tensor(TensorType.of(ElementType.BF16, 3), MemorySegment.ofArray(new short[] {one, one, one})));
        SafeTensors.write(others.resolve("model.safetensors"), tensors, Map.of());
        Path program = Files.writeString(folder.resolve("line.weft"), """
                model Line(features) {
                    param w: f32[features] = 0

                    fn loss(x: f32[B, features], y: f32[B]) -> (f32[], f32[]) {
                        d = sum(x * w, -1) - y
                        (sum(d * d), f32(size(x, 0)))
                    }
                }
                """);
        Npy.write(folder.resolve("x.npy"), Tensor.of(new float[60], 20, 3));
        Npy.write(folder.resolve("y.npy"), Tensor.of(new float[20], 20));
        TrainingRequest request = TrainingRequest.of(program.toString())
                .withConstants(Map.of("features", "3"))
                .withOptimizer("sgd", Map.of())
                .withData(
                        folder.resolve("x.npy").toString(),
                        folder.resolve("y.npy").toString())
                .withBatch(4)
                .withOptions(Trainer.Options.of(1, 1e-3));

        assertThatThrownBy(() -> start(request, InitFrom.of(others.toString())))
                .hasMessageContaining("0 of 1 tensors matched")
                .hasMessageContaining("fc.weight is not part of the program");
        try (TrainingRun run =
                start(request, new InitFrom(others.toString(), List.of(Rename.parse("fc.weight=w")), false))) {
            run.train(TrainingListener.NONE);
        }
        try (LoadedModel model = LoadedModel.open(folder.resolve("run"))) {
            assertThat(model.parameters().get("w").toFloats()).containsExactly(1, 1, 1);
        }
    }

    /** A run that was ended before its first checkpoint begins again, if what it began with is still there. */
    @Test
    void aRunWithoutACheckpointBeginsAsItBegan() throws IOException {
        Path source = copy(first, folder.resolve("source"));
        try (TrainingRun run = start(request("gpt", 1), InitFrom.of(source.toString()))) {
            assertThat(Checkpoints.of(run.folder()).last()).isEmpty();
        }
        Path run = folder.resolve("run");
        try (TrainingRun again = TrainingRun.resume(WEFT, copy(run, folder.resolve("other")))) {
            again.train(TrainingListener.NONE);
        }
        assertThat(firstLoss(folder.resolve("other"))).isEqualTo(lastLoss(first));

        byte[] bytes = Files.readAllBytes(RunFolder.model(source));
        bytes[bytes.length - 1] ^= 1;
        Files.write(RunFolder.model(source), bytes);
        assertThatThrownBy(() -> TrainingRun.resume(WEFT, run))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("what it starts from has changed");
    }

    private static Path copy(Path run, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(run.relativize(file).toString()));
            }
        }
        return to;
    }
}
