package dev.weft.bench.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the bundle prints, packs and ends with, with and without a GPU. */
class BundleTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    @BeforeEach
    void onPosix() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the bundle is for a POSIX shell");
    }

    private record Run(int code, String out) {}

    private Run run(Step... steps) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path logs = Files.createTempDirectory(folder, "logs");
        int code = new BundleRun(new PrintStream(out, true, StandardCharsets.UTF_8), logs).run(List.of(steps), folder);
        return new Run(code, out.toString(StandardCharsets.UTF_8));
    }

    private static Step step(String name, String script) {
        return new Step(name, List.of("/bin/sh", "-c", script), Duration.ofSeconds(60), Step::last);
    }

    @Test
    void aStepIsALineAndItsLogsArePacked() throws IOException {
        Run run = run(
                step("good", "echo first; echo 3 of 3 hold"),
                step("bad", "echo why >&2; exit 1"),
                step("last", "echo x"));

        assertThat(run.code).isOne();
        assertThat(run.out.lines().toList())
                .hasSize(3)
                .satisfiesExactly(
                        good -> assertThat(good)
                                .startsWith("good ")
                                .contains(" ok ")
                                .endsWith("3 of 3 hold"),
                        bad -> assertThat(bad)
                                .startsWith("bad ")
                                .contains(" FAILED ")
                                .endsWith("why"),
                        last -> assertThat(last).contains(" ok "));
        try (ZipFile zip = new ZipFile(folder.resolve("weft-logs.zip").toFile())) {
            assertThat(zip.stream().map(Object::toString))
                    .contains("good.out", "good.err", "bad.err")
                    .hasSize(6);
        }
    }

    @Test
    void aStepThatTakesTooLongIsEnded() throws IOException {
        Run run = run(new Step(
                "slow", List.of("/bin/sh", "-c", "echo so far; sleep 600"), Duration.ofSeconds(1), Step::last));

        assertThat(run.code).isOne();
        assertThat(run.out).contains(" TIME ", "ended after its limit of 1 s; last: so far");
    }

    @Test
    void withoutAGpuNothingElseIsTried() throws IOException {
        Run run = run(step("doctor", "echo '" + BundleRun.NO_GPU + "no driver'"), step("conformance", "echo held"));

        assertThat(run.code).isEqualTo(3);
        assertThat(run.out).contains("cannot", "no driver").doesNotContain("conformance");
    }

    @Test
    void whatIsPrintedFitsIntoNineThousandCharacters() throws IOException {
        Step[] steps = IntStream.range(0, 60)
                .mapToObj(i -> step("step-" + i, "printf 'word %.0s' $(seq 200)"))
                .toArray(Step[]::new);

        Run run = run(steps);

        assertThat(run.code).isZero();
        assertThat(run.out.length()).isBetween(8000, BundleRun.MOST_CHARACTERS);
    }

    @Test
    void everyRowOfTheSuiteIsAStep() {
        Steps steps = new Steps(List.of("java"), Path.of(""), folder);

        assertThat(Steps.PARTS.stream().flatMap(part -> steps.of(part).stream()).map(Step::name))
                .doesNotHaveDuplicates()
                .contains(
                        "doctor",
                        "conformance",
                        "calls",
                        "calibration",
                        "oracle-torch",
                        "bench-gpt2-bf16",
                        "bench-recipe");
        assertThat(Steps.rows()).containsExactlyInAnyOrderElementsOf(dev.weft.bench.suite.Suite.rows("cuda"));
    }

    /** The start script as it is in a bundle, around this project's classes: an empty folder, an empty environment. */
    @Test
    void withNothingAroundItTheDoctorSaysWhatIsMissingAndEndsWithThree() throws IOException, InterruptedException {
        assumeTrue(!Files.exists(Path.of("/dev/nvidiactl")), "there is a GPU here");
        Path bundle = Files.createDirectory(folder.resolve("weft"));
        Path java = Files.createDirectories(bundle.resolve("jre/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexec '" + System.getProperty("java.home") + "/bin/java' \"$@\"\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        jar(Files.createDirectory(bundle.resolve("lib")).resolve("path.jar"));
        Path start = Files.copy(ROOT.resolve("tools/bundle/start"), bundle.resolve("run"));
        Files.copy(start, bundle.resolve("weft"));

        Run doctor = bare("/bin/sh", start.toString(), "doctor");
        Run nothing = bare("/bin/sh", start.toString());
        Run command = bare("/bin/sh", bundle.resolve("weft").toString(), "bench", "--suite", "cuda");

        assertThat(doctor.code).as(doctor.out).isEqualTo(3);
        assertThat(doctor.out).contains("no GPU: cuda backend:").hasLineCount(1);
        assertThat(folder.resolve("logs/weft-logs.zip")).isRegularFile();
        assertThat(nothing.code).isEqualTo(2);
        assertThat(nothing.out).startsWith("usage: run doctor|tests|conformance|oracle|bench|all [FOLDER]");
        assertThat(command.code).as(command.out).isEqualTo(3);
    }

    private Run bare(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out);
    }

    /** A jar that stands for the whole class path. */
    private static void jar(Path file) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
    }
}
