package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.models.run.Checkpoint;
import dev.weft.models.run.Checkpoints;
import dev.weft.models.run.RunFolder;
import dev.weft.models.run.RunHistory;
import dev.weft.models.run.RunLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose process is killed at any moment, or whose disk is full: nothing is lost, and they go on to the same bits. */
class KilledRunTest {

    private static final int KILLS = Boolean.getBoolean("weft.slow") ? 50 : 4;
    /** Room for what a run begins with and a hundred steps, more or less, so that different files meet the end of it. */
    private static final List<String> SIZES =
            Boolean.getBoolean("weft.slow") ? List.of("100k", "104k", "108k", "116k", "120k") : List.of("104k");

    private static final int STEPS = 12 * KILLS;
    /** Lines of progress, of which a step and its checkpoint have two, before a process is killed at the latest. */
    private static final int LINES = 36;
    /** Kills before anything is said: one of so many, within so many milliseconds. */
    private static final int EARLY = 5;

    private static final int EARLY_MILLIS = 2000;

    @TempDir
    Path folder;

    private Path text = Path.of("");

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(
                folder.resolve("text.txt"), "the cat sat on the mat;\nthe dog sat on the log.\n".repeat(12));
    }

    private List<String> train(Path out, int steps) {
        return new ArrayList<>(List.of(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--drop",
                "0.1",
                "--batch",
                "2",
                "--steps",
                Integer.toString(steps),
                "--eval-every",
                "2",
                "--data",
                text.toString(),
                "--backend",
                "reference",
                "--out",
                out.toString()));
    }

    private static List<String> java(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dweft.terminal=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    private Path whole(int steps) {
        Path whole = folder.resolve("whole");
        Run run = Run.weft(train(whole, steps).toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return whole;
    }

    private static void equal(Path run, Path whole) throws IOException {
        assertThat(losses(run)).isEqualTo(losses(whole));
        assertThat(RunFolder.model(run)).hasSameBinaryContentAs(RunFolder.model(whole));
        assertThat(run.resolve("samples.txt")).hasSameBinaryContentAs(whole.resolve("samples.txt"));
    }

    private static List<Double> losses(Path run) {
        RunHistory history = RunHistory.read(run);
        return Stream.concat(history.training().stream(), history.validation().stream())
                .map(RunHistory.Point::loss)
                .toList();
    }

    @Test
    void anyNumberOfKillsLeadsToTheSameBits() throws IOException, InterruptedException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path run = folder.resolve("killed");
        int kills = 0;
        int whileSaving = 0;
        while (kills < KILLS) {
            List<String> command = train(run, STEPS);
            if (RunFolder.isRun(run)) {
                command.add("--resume");
            }
            Process process = new ProcessBuilder(java(command)).start();
            if (random.nextInt(EARLY) == 0) {
                process.waitFor(random.nextInt(EARLY_MILLIS), TimeUnit.MILLISECONDS);
            } else {
                awaitProgress(process, random.nextInt(LINES), random.nextInt(4_000_000));
            }
            assertThat(process.isAlive() || process.exitValue() == 0)
                    .as("seed %d, kill %d", seed, kills)
                    .isTrue();
            process.destroyForcibly().waitFor();
            kills++;
            whileSaving += checkWhole(run) ? 1 : 0;
        }
        List<String> last = train(run, STEPS);
        if (RunFolder.isRun(run)) {
            last.add("--resume");
        }
        Run resumed = Run.weft(last.toArray(String[]::new));

        assertThat(resumed.code()).as(resumed.err()).isZero();
        equal(run, whole(STEPS));
        System.out.printf(
                "%d kills (seed %d): %d while a file was written, %d resumes in the log%n",
                kills, seed, whileSaving, RunHistory.read(run).resumed());
        assertThat(RunHistory.read(run).resumed()).isPositive();
    }

    /** Reads on until something was shown so often, and then works a little, so that no moment is spared. */
    private static void awaitProgress(Process process, int shown, long nanos) throws IOException {
        BufferedReader reader = process.errorReader();
        int seen = 0;
        int c = reader.read();
        while (c >= 0 && seen <= shown) {
            seen += c == '\r' ? 1 : 0;
            c = reader.read();
        }
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    /**
     * Checks what a killed process left: whole lines, whole checkpoints, whole files under their names.
     *
     * @return whether it was killed while it wrote a file
     */
    private static boolean checkWhole(Path run) throws IOException {
        if (!Files.isDirectory(run)) {
            return false;
        }
        Path log = run.resolve("log.jsonl");
        if (Files.exists(log) && Files.size(log) > 0) {
            assertThat(Files.readString(log)).endsWith("\n");
            assertThat(RunLog.read(run)).allMatch(event -> event.containsKey("event"));
        }
        if (RunFolder.isRun(run)) {
            assertThat(RunFolder.readRun(run)).containsKeys("program", "identity");
        }
        for (long step : Checkpoints.of(run).steps()) {
            try (Checkpoint checkpoint = Checkpoints.of(run).open(step)) {
                assertThat(checkpoint.step()).isEqualTo(step);
                assertThat(checkpoint.tensorsAmong(Map.of())).isEmpty();
            }
        }
        try (Stream<Path> files = Files.walk(run)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(".tmp"));
        }
    }

    @Test
    void aSecondProcessIsTold() throws IOException, InterruptedException {
        Path run = folder.resolve("run");
        Process first = new ProcessBuilder(java(train(run, 100_000))).start();
        try {
            awaitProgress(first, 6, 0);
            for (int times = 0; times < 2; times++) {
                Run second = Run.weft("train", "gpt", "--resume", "--backend", "reference", "--out", run.toString());
                assertThat(second.code()).isEqualTo(ExitCode.USER);
                assertThat(second.err()).contains("is being written by process " + first.pid());
            }
            assertThat(Run.weft(train(run, 100_000).toArray(String[]::new)).err())
                    .contains("holds another run");
            assertThat(Run.weft("runs", run.toString()).out()).contains("  running");
        } finally {
            first.destroyForcibly().waitFor();
        }
        assertThat(Run.weft("runs", run.toString()).out()).contains("  stopped");
    }

    /** On a disk of its own, in a name space of its own, which needs no rights where the system allows it. */
    @Test
    void aFullDiskIsTheMachinesLackAndNothingIsLost() throws IOException, InterruptedException {
        int steps = 200;
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Path script = Files.writeString(folder.resolve("script.sh"), """
                mount -t tmpfs -o size=$1 none "$2" 2>/dev/null || exit 77
                disk=$2; copy=$3; shift 3
                "$@"
                code=$?
                cp -a "$disk/run" "$copy"
                exit $code
                """);
        Path whole = whole(steps);
        for (String size : SIZES) {
            Path run = folder.resolve("copy-" + size);
            List<String> command = new ArrayList<>(
                    List.of("unshare", "-rm", "sh", script.toString(), size, disk.toString(), run.toString()));
            command.addAll(java(train(disk.resolve("run"), steps)));
            int code = -1;
            String said = "";
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said").toFile())
                        .start();
                code = process.waitFor();
                said = Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
            } catch (IOException noSuchCommand) {
                said = noSuchCommand.toString();
            }
            assumeTrue(
                    code >= 0 && code != 77 && !said.contains("unshare: "),
                    "no disk of our own can be made here: " + said);

            assertThat(code).as(said).isEqualTo(ExitCode.MACHINE);
            assertThat(said).contains("cannot be written: the disk is full").doesNotContain("\tat ");
            assertThat(checkWhole(run)).isFalse();
            assertThat(Checkpoints.of(run).last().orElseThrow()).as(size).isBetween(2L, (long) steps);
            System.out.printf(
                    "%s: full after step %d%n", size, RunHistory.read(run).steps());
            List<String> again = train(run, steps);
            again.add("--resume");
            Run resumed = Run.weft(again.toArray(String[]::new));
            assertThat(resumed.code()).as(resumed.err()).isZero();
            equal(run, whole);
        }
    }
}
