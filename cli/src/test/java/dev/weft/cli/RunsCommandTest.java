package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunHistory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking at runs, and doing one again. */
class RunsCommandTest {

    private static final String TEXT = "the cat sat on the mat;\nthe dog sat on the log.\n".repeat(12);

    /** Runs that no test changes. */
    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Path text = Path.of("");
    private static Path one = Path.of("");
    private static Path two = Path.of("");

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(shared.resolve("text.txt"), TEXT);
        one = train("one", "--accumulate", "2", "--lr", "0.003", "--beta2", "0.9", "--seed", "5");
        two = train("two");
    }

    private Path run(String name) {
        return folder.resolve(name);
    }

    /** A run to be changed. */
    private Path copy(Path run, String name) throws IOException {
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, folder.resolve(name).resolve(run.relativize(file).toString()));
            }
        }
        return run(name);
    }

    private static Path train(String name, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--drop",
                "0.1",
                "--batch",
                "4",
                "--steps",
                "6",
                "--eval-every",
                "2",
                "--backend",
                "reference",
                "--data",
                text.toString(),
                "--out",
                shared.resolve(name).toString()));
        words.addAll(List.of(more));
        Run trained = Run.weft(words.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        return shared.resolve(name);
    }

    private void fails(Run run, int code, String... sentences) {
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        assertThat(run.err()).contains(sentences).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void listsRuns() throws IOException {
        copy(one, "one");
        Path damaged = copy(two, "two");
        Files.writeString(damaged.resolve("log.jsonl"), "oops\n", StandardOpenOption.APPEND);
        Path stopped = copy(two, "three");
        Files.delete(RunFolder.model(stopped));

        Run listed = Run.weft("runs", folder.toString());

        assertThat(listed.code()).isZero();
        assertThat(listed.out().lines().toList().getFirst())
                .matches("run +program +steps +training +validation +best +size +started +state");
        assertThat(listed.out().lines())
                .anySatisfy(line -> assertThat(line)
                        .contains(run("one") + "    gpt  ", "  6/6  ", " KiB  ")
                        .endsWith("  finished"))
                .anySatisfy(
                        line -> assertThat(line).contains(damaged.toString()).endsWith("  damaged"))
                .anySatisfy(
                        line -> assertThat(line).contains(stopped.toString()).endsWith("  stopped"));
        assertThat(listed.err()).contains("log.jsonl, line ", "must hold a JSON object");
        assertThat(Run.weft("runs", folder.toString(), "--json").out())
                .contains("\"runs\":[{\"run\":", "\"program\":\"gpt\"", "\"state\":\"finished\"", "\"steps\":6")
                .contains("\"planned_steps\":6", "\"train_loss\":", "\"val_loss\":", "\"best_val_loss\":", "\"bytes\":")
                .contains("\"started\":");
        fails(Run.weft("runs", folder.resolve("none").toString()), ExitCode.USER, "none: there is no such folder");
        fails(Run.weft("runs", text.toString()), ExitCode.USER, text + ": is a file; name a run");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(Run.weft("runs", empty.toString()).out()).startsWith("no runs in " + empty + "; next: ");
    }

    @Test
    void aRunThatIsWrittenToIsRunning() throws IOException {
        Path run = copy(one, "one");
        try (RunFolder held = RunFolder.resume(run)) {
            assertThat(Run.weft("runs", held.path().toString()).out()).contains("  running");
        }
        assertThat(Run.weft("runs", run.toString()).out()).contains("  finished");
    }

    @Test
    void drawsLosses() throws IOException {
        Path svg = folder.resolve("losses.svg");

        for (String x : List.of("steps", "tokens", "seconds")) {
            Run drawn = Run.weft("plot", one.toString(), two.toString(), "-o", svg.toString(), "--x", x);
            assertThat(drawn.code()).as(drawn.err()).isZero();
            assertThat(Files.readString(svg))
                    .startsWith("<svg ")
                    .contains(">" + x + "</text>", "one  training</text>", "two  validation</text>")
                    .doesNotContain("NaN", "Infinity");
        }
        // Four measurements of each run, and one in each line of the legend.
        assertThat(Files.readString(svg).split("<circle ", -1)).hasSize(1 + 2 * (4 + 1));
        assertThat(RunHistory.read(one).tokensPerStep()).contains(2 * 4 * 8L);
    }

    @Test
    void drawsAPicture() throws IOException {
        Path png = folder.resolve("losses.png");

        Run drawn = Run.weft("plot", one.toString(), "-o", png.toString(), "--json");

        assertThat(drawn.out()).contains("\"file\":", "losses.png", "\"runs\":[", "\"x\":\"steps\"");
        BufferedImage image = ImageIO.read(png.toFile());
        Set<Integer> colors = new HashSet<>();
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                colors.add(image.getRGB(x, y) & 0xffffff);
            }
        }
        assertThat(colors).contains(0xffffff, 0x0072b2).hasSizeGreaterThan(20);
    }

    @Test
    void saysWhyNothingIsDrawn() throws IOException {
        Path run = copy(one, "one");
        fails(Run.weft("plot", run.toString(), "-o", "x.pdf"), ExitCode.USAGE, "must end in .svg or .png");
        fails(Run.weft("plot", run.toString()), ExitCode.USAGE, "--output");
        fails(Run.weft("plot", run.toString(), "-o", "x.svg", "--x", "days"), ExitCode.USAGE, "days", "seconds");
        fails(Run.weft("plot", folder.toString(), "-o", "x.svg"), ExitCode.USER, "is not a run");
        fails(
                Run.weft(
                        "plot",
                        run.toString(),
                        "-o",
                        folder.resolve("none/x.svg").toString()),
                ExitCode.USER,
                "there is no folder");
        Files.writeString(run.resolve("log.jsonl"), "{\"event\":\"start\"}\n");
        fails(Run.weft("plot", run.toString(), "-o", "x.svg"), ExitCode.USER, "has no loss yet");
        Files.writeString(run.resolve("log.jsonl"), "{\"event\":\"step\",\"step\":\"a\"}\n");
        fails(Run.weft("plot", run.toString(), "-o", "x.svg"), ExitCode.USER, "line 1: ", "must be a number");
    }

    @Test
    void usesTheCheckpointThatIsNamed() {
        String run = two.toString();
        for (String which : List.of("best", "last", "step-6")) {
            Run measured = use("eval", run, "--data", text.toString(), "--checkpoint", which);
            assertThat(measured.code()).as(measured.err()).isZero();
        }
        assertThat(use("predict", run, "--prompt", "the", "--checkpoint", "last")
                        .out())
                .isEqualTo(use("predict", run, "--prompt", "the").out());
        fails(
                use("predict", run, "--checkpoint", "step-3"),
                ExitCode.USER,
                "no such checkpoint",
                "those of the steps [");
        fails(
                use("predict", run, "--checkpoint", "first"),
                ExitCode.USER,
                "has no checkpoint first; ",
                "best, last or");
        fails(use("predict", folder.toString(), "--checkpoint", "best"), ExitCode.USER, "is not a run");
    }

    private static Run use(String... words) {
        return Run.weft(Stream.concat(Stream.of(words), Stream.of("--backend", "reference"))
                .toArray(String[]::new));
    }

    private static List<Double> losses(Path run) {
        return Stream.concat(RunHistory.read(run).training().stream(), RunHistory.read(run).validation().stream())
                .map(RunHistory.Point::loss)
                .toList();
    }

    @Test
    void repeatsARunToTheSameBytes() throws IOException {
        String config = one.resolve("run.json").toString();

        Run repeated = Run.weft("train", "--config", config, "--out", run("two").toString());

        assertThat(repeated.code()).as(repeated.err()).isZero();
        assertThat(losses(run("two"))).isEqualTo(losses(one));
        assertThat(RunFolder.model(run("two"))).hasSameBinaryContentAs(RunFolder.model(one));
        assertThat(run("two").resolve("run.json")).hasSameTextualContentAs(one.resolve("run.json"));

        Run other = Run.weft(
                "train",
                "--config",
                config,
                "--seed",
                "6",
                "--out",
                run("three").toString());
        assertThat(other.code()).as(other.err()).isZero();
        assertThat(losses(run("three"))).hasSameSizeAs(losses(one)).isNotEqualTo(losses(one));
    }

    @Test
    void repeatsARunWithOtherDataOnlyIfAsked() throws IOException {
        Path data = Files.writeString(run("data.txt"), TEXT);
        Path run = run("five");
        Path config = copy(one, "other").resolve("run.json");
        Files.writeString(config, Files.readString(config).replace(text.toString(), data.toString()));
        String[] again = {"train", "--config", config.toString(), "--out", run.toString()};
        Files.writeString(data, "and now for something completely different.\n".repeat(12));

        fails(Run.weft(again), ExitCode.USER, "its data has changed since", "--data");
        assertThat(run).doesNotExist();
        Files.writeString(run("more.txt"), TEXT + "and now for something completely different.\n");
        Run onOther = Run.weft(Stream.concat(
                        Stream.of(again), Stream.of("--data", run("more.txt").toString()))
                .toArray(String[]::new));
        assertThat(onOther.code()).as(onOther.err()).isZero();
    }

    @Test
    void saysWhyARunCannotBeRepeated() throws IOException {
        String config = one.resolve("run.json").toString();
        fails(Run.weft("train", "--config", config, "--resume"), ExitCode.USAGE, "give one of them");
        fails(Run.weft("train", "--config", folder.resolve("no.json").toString()), ExitCode.USER, "no such file");
        fails(Run.weft("train", "--config", text.toString()), ExitCode.USER, "must hold a JSON object");
        Path other = Files.writeString(folder.resolve("other.json"), "{\"program\": \"gpt\"}");
        fails(Run.weft("train", "--config", other.toString()), ExitCode.USER, "other.json: ", " must be ");
        fails(Run.weft("train"), ExitCode.USAGE, "PROGRAM must be given");
    }
}
