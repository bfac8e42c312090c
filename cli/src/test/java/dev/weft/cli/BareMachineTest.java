package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.backend.spi.CodeStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Processes without a home, in a folder that nobody may write to, on one processor: they work, or say in one sentence what they need. */
class BareMachineTest {

    /** A folder in which not even root can make files. */
    private static final Path READ_ONLY = Path.of("/sys");

    @TempDir
    private Path folder;

    private Path temporary = Path.of("");

    @BeforeEach
    void layOut() throws IOException {
        assumeTrue(Files.isDirectory(READ_ONLY.resolve("kernel")), "there is no " + READ_ONLY + " here");
        temporary = Files.createDirectory(folder.resolve("tmp"));
        Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat\n".repeat(20));
    }

    /** The environment has nothing but what is given; Java does not know a home folder either. */
    private Run weft(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        return weft(List.of(), environment, arguments);
    }

    /** @param under a command that takes another one behind its own words */
    private Run weft(List<String> under, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(under);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=1",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.home=?",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(READ_ONLY.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Run(code, Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    private String[] train(String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", "gpt", "--batch", "2", "--steps", "2"));
        arguments.addAll(List.of("--set", "layers=1,heads=2,width=8,context=8", "--tokenizer", "char"));
        arguments.addAll(List.of("--data", folder.resolve("text.txt").toString()));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    @Test
    void withoutAHomeNativesAreKeptInTheTemporaryFolder() throws IOException, InterruptedException {
        Run run = weft(
                Map.of(),
                train("--backend", "cpu", "--out", folder.resolve("run").toString()));

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("run/model.safetensors")).isRegularFile();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("weft-cache-"));
        }
    }

    @Test
    void aRunThatCannotBeMadeIsRefusedWithItsFolder() throws IOException, InterruptedException {
        Run run = weft(Map.of(), train("--backend", "reference"));

        assertThat(run.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.err())
                .contains("a new run in ", "(--out chooses another folder): cannot be written: ")
                .doesNotContain("\tat ");
    }

    @Test
    void whatTheSystemRefusesIsTheMachines() {
        Path page = READ_ONLY.resolve("page.html");
        Run made = Run.weft("new", READ_ONLY.resolve("my.weft").toString(), "--from", "gpt");
        Run shown = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "loss",
                "--dim",
                "B=8",
                "--backend",
                "reference",
                "--report",
                page.toString());

        assertThat(made.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(made.err())
                .startsWith("error: " + READ_ONLY.resolve("my.weft") + ": cannot be written: ")
                .doesNotEndWith(": " + READ_ONLY.resolve("my.weft") + "\n");
        assertThat(shown.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(shown.err()).contains("--report " + page + ": cannot be written: ");
    }

    @Test
    @EnabledIfSystemProperty(named = "os.arch", matches = "amd64")
    void aProgramForALowerLevelRunsOnThisProcessor() throws IOException, InterruptedException {
        String file = folder.resolve("mlp.weftc").toString();
        List<String> sizes = List.of("mlp", "--entry", "scores", "--dim", "B=8", "--set", "features=4,classes=3");
        List<String> compile =
                new ArrayList<>(List.of("compile", "-o", file, "--precision", "bf16", "--backend", "cpu"));
        compile.addAll(sizes);

        Run made = weft(Map.of("WEFT_ISA_LEVEL", "x86-64-v3"), compile.toArray(String[]::new));
        assertThat(made.code()).as(made.err()).isZero();
        Run run = weft(Map.of(), "run", file, "--entry", "scores", "--input", "x=1");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("scores result : f32[8:B,3]");
    }

    @Test
    void aLevelThatThereIsNotIsToldByTheCommandAndByDoctor() throws IOException, InterruptedException {
        Map<String, String> level = Map.of("WEFT_ISA_LEVEL", "avx2");
        Run run = weft(level, "compile", "mlp", "--entry", "scores", "--dim", "B=2", "--backend", "cpu");
        Run doctor = weft(level, "doctor");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).isEqualTo("error: WEFT_ISA_LEVEL: must be one of x86-64-v3, x86-64-v4, got avx2\n");
        assertThat(doctor.code()).isZero();
        assertThat(doctor.out()).contains("backend cpu, score 0: WEFT_ISA_LEVEL: must be one of");
    }

    @Test
    void aCacheThatCannotBeWrittenIsSurvived() throws IOException, InterruptedException {
        Run run = weft(Map.of("WEFT_CACHE_DIR", "/sys/weft"), "compile", "mlp", "--entry", "scores", "--dim", "B=2");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("compile time");
        Run list = weft(Map.of("WEFT_CACHE_DIR", "/sys/weft"), "cache", "ls");
        assertThat(list.code()).isZero();
        assertThat(list.err()).contains("WEFT_CACHE_DIR is /sys/weft (cannot be written: ");
    }

    /** A file may not become longer than 4 KB: writing stops half-way, as it does on a full disk. */
    @Test
    void aCacheOnAFullDiskIsSurvivedAndHoldsNothingHalfWritten() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the limit is set by a POSIX shell");
        Path cache = folder.resolve("cache");
        Map<String, String> environment = Map.of("WEFT_CACHE_DIR", cache.toString());
        String[] compile = {"compile", "mlp", "--entry", "scores", "--dim", "B=2"};
        assertThat(weft(environment, compile).code())
                .as("the first time, which unpacks libraries")
                .isZero();
        assertThat(weft(environment, "cache", "clear").code()).isZero();

        Run run = weft(List.of("/bin/sh", "-c", "ulimit -f 8; exec \"$@\"", "sh"), environment, compile);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("compile time");
        assertThat(run.err())
                .contains("cache: " + cache.resolve("code/program"))
                .contains("cannot be written: ");
        try (Stream<Path> files = Files.walk(cache.resolve("code"))) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .noneMatch(name -> name.startsWith(".new"));
        }
        CodeStore store = CodeStore.in(cache, CodeStore.LIMIT_BYTES);
        assertThat(store.items())
                .noneMatch(item -> item.kind().equals("program"))
                .allSatisfy(item -> assertThat(store.read(item.kind(), item.key()))
                        .as("%s %s", item.kind(), item.key())
                        .isPresent());
        Run again = weft(environment, compile);
        assertThat(again.code()).isZero();
        assertThat(again.err()).doesNotContain("cache: ");
    }
}
