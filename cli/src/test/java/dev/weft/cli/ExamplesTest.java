package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples are builds of their own: they compile against installed artifacts alone, and run on the class path and the module path. */
class ExamplesTest {

    private static final Path EXAMPLES = Jars.project().resolve("examples");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");
    private static final String MAIN = "com.example.embed.Main";

    @TempDir
    static Path folder;

    private static ScratchRepository repository;

    @BeforeAll
    static void install() throws IOException {
        repository = ScratchRepository.in(folder.resolve("repository"));
    }

    @AfterAll
    static void uninstall() throws IOException {
        repository.close();
    }

    private record Ended(int code, String out, String err) {}

    private static Ended run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        int code = builder.start().waitFor();
        return new Ended(code, Files.readString(out), Files.readString(err));
    }

    /** Maven by its own build file, offline, on a copy of the example. */
    @ParameterizedTest
    @ValueSource(strings = {"embed", "backend-plugin"})
    void mavenBuildsAnExampleFromInstalledArtifacts(String name) throws IOException, InterruptedException {
        Optional<Path> maven = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(element -> Path.of(element, "mvn"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeThat(maven).as("mvn on PATH").isPresent();
        Path copy = copy(name);

        Ended built = run(List.of(
                maven.orElseThrow().toString(),
                "-o",
                "-q",
                "-B",
                "-Dmaven.repo.local=" + repository.folder(),
                "-f",
                copy.resolve("pom.xml").toString(),
                "test-compile"));

        assertThat(built.code()).as(built.out() + built.err()).isZero();
        try (Stream<Path> classes = Files.walk(copy.resolve("target/classes/com/example"))) {
            assertThat(classes).anyMatch(file -> file.toString().endsWith(".class"));
        }
    }

    private static Path copy(String name) throws IOException {
        Path from = EXAMPLES.resolve(name);
        Path to = folder.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                if (!from.relativize(file).startsWith("target")) {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    @Test
    void theEmbeddingExampleRunsOnTheClassPathAndOnTheModulePath() throws IOException, InterruptedException {
        Path classes = folder.resolve("classes");
        List<String> compile = new ArrayList<>(List.of(
                JAVA.resolve("javac").toString(),
                "-Xlint:all,-requires-automatic,-requires-transitive-automatic",
                "-Werror"));
        compile.addAll(List.of("-d", classes.toString(), "--release", "25", "--module-path", repository.path()));
        try (Stream<Path> sources = Files.walk(EXAMPLES.resolve("embed/src/main/java"))) {
            sources.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toString)
                    .forEach(compile::add);
        }
        Ended compiled = run(compile);
        assertThat(compiled.code()).as(compiled.out() + compiled.err()).isZero();
        String path = classes + File.pathSeparator + repository.path();

        Ended onClassPath =
                run(List.of(JAVA.resolve("java").toString(), "--enable-native-access=ALL-UNNAMED", "-cp", path, MAIN));
        Ended onModulePath = run(List.of(
                JAVA.resolve("java").toString(),
                "--enable-native-access=dev.weft.backend.cpu",
                "--module-path",
                path,
                "--module",
                "com.example.embed/" + MAIN));

        assertThat(onClassPath.err()).isEmpty();
        assertThat(onClassPath.code()).isZero();
        assertThat(onClassPath.out().lines().toList())
                .hasSize(6)
                .contains("slope at (1, 2, 3): [-400.0, 1002.0, -200.0]")
                .last()
                .asString()
                .startsWith("the quick brown fox jumps over the lazy dog. ");
        assertThat(onModulePath).as("the module path gives the same").isEqualTo(onClassPath);
    }
}
