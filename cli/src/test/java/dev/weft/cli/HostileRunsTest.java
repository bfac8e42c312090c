package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.data.Corpus;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunHistory;
import dev.weft.models.run.RunSummary;
import dev.weft.models.training.TrainingRun;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a run and of a corpus with random bytes edited: a result, or a sentence and exit code 1; never a defect, never much memory. */
class HostileRunsTest {

    private static final long SEED = Long.getLong("weft.seed", new Random().nextLong());
    private static final boolean SLOW = Boolean.getBoolean("weft.slow");
    /** Bytes of Java's heap that one look at a run may take: it is a few kilobytes long. */
    private static final long MOST = 48 << 20;

    @TempDir
    Path folder;

    private Path text = Path.of("");
    private Path run = Path.of("");

    @BeforeEach
    void train() throws IOException {
        text = Files.writeString(
                folder.resolve("text.txt"), "the cat sat on the mat; the dog sat on the log.\n".repeat(8));
        run = folder.resolve("run");
        Run trained = Run.weft(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=1,width=4,context=4",
                "--steps",
                "4",
                "--eval-every",
                "2",
                "--batch",
                "1",
                "--backend",
                "reference",
                "--data",
                text.toString(),
                "--out",
                run.toString());
        assertThat(trained.code()).as(trained.err()).isZero();
    }

    private interface Look {
        void at(Path file);
    }

    private void fuzz(Path file, int edits, Look look) throws IOException {
        byte[] good = Files.readAllBytes(file);
        look.at(file);
        Random random = new Random(SEED);
        int count = SLOW ? 10_000 : edits;
        int refused = 0;
        for (int edit = 0; edit < count; edit++) {
            Files.write(file, ByteEdits.edited(good, random));
            String which = "-Dweft.seed=%d, edit %d of %s".formatted(SEED, edit, file.getFileName());
            long before = allocated();
            try {
                look.at(file);
            } catch (UserException sentence) {
                assertThat(sentence.getMessage()).as(which).isNotBlank();
                refused++;
            } catch (RuntimeException | Error defect) {
                throw new AssertionError(which, defect);
            }
            assertThat(allocated() - before).as(which).isLessThan(MOST);
        }
        Files.write(file, good);
        System.out.printf("%s: %d edits (seed %d), %d refused%n", file.getFileName(), count, SEED, refused);
        assertThat(refused).isPositive();
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    /** What {@code runs} and {@code plot} do. */
    private void lookAtLog() {
        RunSummary summary = RunSummary.of(run);
        assertThat(summary.damage().isEmpty()).isEqualTo(summary.state() != RunSummary.State.DAMAGED);
        RunHistory.read(run).best();
    }

    @Test
    void logs() throws IOException {
        fuzz(run.resolve("log.jsonl"), 1_500, file -> lookAtLog());
    }

    @Test
    void requests() throws IOException {
        fuzz(run.resolve("run.json"), 1_500, file -> {
            RunSummary.of(run);
            TrainingRun.request(file);
            RunFolder.backend(file);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.json", "tensors.safetensors"})
    void checkpoints(String name) throws IOException {
        fuzz(run.resolve("checkpoints/step-4").resolve(name), 300, file -> {
            for (String which : new String[] {"best", "last"}) {
                try (LoadedModel model = LoadedModel.openCheckpoint(run, which)) {
                    model.parameters().values().forEach(tensor -> assertThat(
                                    tensor.data().byteSize())
                            .isEqualTo(tensor.type().bytes()));
                }
            }
        });
    }

    @Test
    void configurations() throws IOException {
        fuzz(run.resolve("config.json"), 300, file -> LoadedModel.open(run).close());
    }

    /** The whole command, which may also find that what it asks for is the wrong thing. */
    @ParameterizedTest
    @ValueSource(strings = {"run.json", "log.jsonl", "checkpoints/step-4/state.json"})
    void resuming(String name) throws IOException {
        Path file = run.resolve(name);
        byte[] good = Files.readAllBytes(file);
        Random random = new Random(SEED);
        for (int edit = 0; edit < (SLOW ? 300 : 12); edit++) {
            Files.write(file, ByteEdits.edited(good, random));
            Run resumed = Run.in(folder, "train", run.toString(), "--resume", "--backend", "reference", "--quiet");
            String which = "-Dweft.seed=%d, edit %d of %s: %s".formatted(SEED, edit, name, resumed.err());
            assertThat(resumed.code()).as(which).isIn(ExitCode.DONE, ExitCode.USER, ExitCode.MACHINE);
            assertThat(resumed.err()).as(which).doesNotContain("\tat ", "defect");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.jsonl", "x.json", "x.csv", "x.txt.gz", "x.zip"})
    void corpora(String name) throws IOException {
        Path file = folder.resolve(name);
        byte[] some = "some text, and more of it\n".repeat(4).getBytes(StandardCharsets.UTF_8);
        switch (name) {
            case "x.jsonl" -> Files.writeString(file, """
                        {"text": "one"}
                        {"tokens": [1, 2, 3], "weights": [1, 0, 0.5]}
                        """);
            case "x.json" -> Files.writeString(file, "[{\"text\": \"one\"}, \"two\", {\"tokens\": [1, 2]}]");
            case "x.csv" -> Files.writeString(file, "id,text\n1,\"one, \"\"two\"\"\"\n2,three\n");
            case "x.zip" -> {
                try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                    for (String entry : new String[] {"a.txt", "b/c.md"}) {
                        zip.putNextEntry(new ZipEntry(entry));
                        zip.write(some);
                    }
                }
            }
            default -> {
                try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
                    gzip.write(some);
                }
            }
        }
        fuzz(file, 500, path -> assertThat(Corpus.read(List.of(path)).characters())
                .isNotNegative());
    }
}
