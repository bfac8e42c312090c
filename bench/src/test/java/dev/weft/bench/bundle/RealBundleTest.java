package dev.weft.bench.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bundle itself, made from a copy of the sources, unpacked into an empty folder and run with an empty environment. Takes some minutes:
 * with {@code -Dweft.slow=true}. Maven finds what it needs where this build left it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealBundleTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_SOURCES = Set.of("target", ".git");

    /** How much each part says without a GPU: behind the doctor nothing else is tried. */
    private static final Map<String, Long> LINES =
            Map.of("doctor", 1L, "all", 1L, "tests", 2L, "conformance", 1L, "oracle", 4L);

    private static final long MOST_BYTES = 32L << 20;

    @TempDir
    private static Path folder;

    private Path archive = Path.of("");

    private record Run(int code, String out) {}

    @BeforeAll
    void pack() throws IOException, InterruptedException {
        assumeTrue(Boolean.getBoolean("weft.slow"), "takes minutes: -Dweft.slow=true");
        assumeTrue(!Files.exists(Path.of("/dev/nvidiactl")), "there is a GPU here");
        Path sources = folder.resolve("sources");
        copy(ROOT, sources);
        archive = folder.resolve("bundle.tar.xz");
        ProcessBuilder builder = new ProcessBuilder("tools/gpu-bundle", "-o", archive.toString())
                .directory(sources.toFile())
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("WEFT_MAVEN_OPTIONS", "-o");
        Run made = run(builder);
        System.out.print(made.out);
        assertThat(made.code).as(made.out).isZero();
        // Where NVRTC was found, kernels were compiled ahead, and all of them.
        assertThat(made.out).doesNotContain("not compiled ahead");
    }

    @BeforeEach
    void unpack() throws IOException, InterruptedException {
        Path empty = folder.resolve("empty");
        if (!Files.exists(empty)) {
            Files.createDirectory(empty);
            Run unpacked = run(new ProcessBuilder("tar", "xf", archive.toString())
                    .directory(empty.toFile())
                    .redirectErrorStream(true));
            assertThat(unpacked.code).as(unpacked.out).isZero();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (NOT_SOURCES.contains(String.valueOf(directory.getFileName()))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && !NOT_SOURCES.contains(String.valueOf(file.getFileName()))) {
                    Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out);
    }

    private Run bare(String... command) throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(List.of("/bin/sh"));
        whole.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(folder.resolve("empty").toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        return run(builder);
    }

    @Test
    void itIsSmallEnoughAndHasWhatItNeeds() throws IOException {
        assertThat(Files.size(archive)).isLessThanOrEqualTo(MOST_BYTES);
        Path bundle = folder.resolve("empty/weft");
        assertThat(List.of(
                        "run", "weft", "bench/suite", "bench/peers/gpt2_cuda.py", "commit", "LICENSE", "jre/bin/java"))
                .allSatisfy(file -> assertThat(bundle.resolve(file)).isRegularFile());
        try (Stream<Path> jars = Files.list(bundle.resolve("lib"))) {
            assertThat(jars.map(jar -> String.valueOf(jar.getFileName())))
                    .anyMatch(jar -> jar.startsWith("weft-backend-cuda-"))
                    .noneMatch(jar -> jar.contains("llvm") || jar.contains("junit") || jar.contains("pytorch"));
        }
    }

    @Test
    void withoutAGpuEveryPartSaysSoAndEndsWithThree() throws IOException, InterruptedException {
        for (String part : LINES.keySet()) {
            Run run = bare("weft/run", part, "results-" + part);
            assertThat(run.code).as(run.out).isEqualTo(3);
            assertThat(run.out.length()).isLessThanOrEqualTo(BundleRun.MOST_CHARACTERS);
            assertThat(run.out.lines().toList()).isNotEmpty().allSatisfy(line -> assertThat(line)
                    .contains(" cannot ", "cuda backend: "));
            assertThat(run.out.lines().count()).isEqualTo(LINES.get(part));
            assertThat(folder.resolve("empty/results-" + part + "/weft-logs.zip"))
                    .isRegularFile();
        }
    }

    @Test
    void theCommandSaysWhatIsMissing() throws IOException, InterruptedException {
        Run backends = bare("weft/weft", "backends", "--json");
        Run bench = bare("weft/weft", "bench", "--suite", "cuda");
        Run list = bare("weft/bench/suite", "--suite", "cuda", "--list");

        assertThat(backends.code).as(backends.out).isZero();
        assertThat(backends.out).contains("cuda backend: ");
        assertThat(bench.code).as(bench.out).isEqualTo(3);
        assertThat(list.code).as(list.out).isZero();
        assertThat(list.out).contains("gpt2-bf16", "compile-cold");
    }
}
