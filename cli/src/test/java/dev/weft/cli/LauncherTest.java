package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file {@code weft}, on a tree of its own with a Java and a Maven that only say how they were called. */
class LauncherTest {

    private static final String JAVA = """
            #!/bin/sh
            for argument; do echo "[$argument]"; done
            """;

    /** Does what the profile {@code launch} does: the jars of Weft into a folder, the list of the others beside them. */
    private static final String MAVEN = """
            #!/bin/sh
            echo built >>"$BUILDS"
            for argument; do
                case $argument in -Dweft.launch=*) folder=${argument#*=} ;; esac
            done
            touch "$folder/weft-cli.jar"
            printf %s "$BUILDS" >"$folder/libraries"
            """;

    private static final List<String> TOOLS = List.of(
            "cat",
            "date",
            "dirname",
            "find",
            "flock",
            "grep",
            "head",
            "ln",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sh",
            "sleep",
            "touch");

    /** What a call of the launcher left behind. */
    private record Result(int code, String out, String err) {}

    @TempDir
    private Path folder;

    private Path tree;
    private Path jdk;
    private Path tools;
    private Path builds;

    @BeforeEach
    void layOut() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the launcher is for systems with a POSIX shell");
        tree = Files.createDirectories(folder.resolve("a tree with spaces"));
        Path launcher = Path.of("..", "weft").toAbsolutePath().normalize();
        Files.copy(launcher, tree.resolve("weft"), StandardCopyOption.COPY_ATTRIBUTES);
        write(tree.resolve("pom.xml"), "<project/>");
        write(tree.resolve("graph/src/main/java/A.java"), "class A {}");
        jdk = jdk("a jdk", "25.0.1");
        tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS) {
            for (String place : List.of("/usr/bin", "/bin")) {
                if (Files.isExecutable(Path.of(place, tool)) && !Files.exists(tools.resolve(tool))) {
                    script(tools.resolve(tool), "#!/bin/sh\nexec " + Path.of(place, tool) + " \"$@\"\n");
                }
            }
        }
        builds = folder.resolve("builds");
        script(tools.resolve("mvn"), MAVEN);
    }

    @Test
    void passesArgumentsOnAsTheyAre() {
        Result result = weft("train", "a b", "*", "");

        assertThat(result.code).isZero();
        assertThat(result.out).endsWith("[dev.weft.cli.Main]\n[train]\n[a b]\n[*]\n[]\n");
    }

    @Test
    void putsItsOwnJarsBeforeTheLibrariesOnTheClassPath() {
        assertThat(weft().out).containsPattern("\\[.*/weft-cli\\.jar:.*builds]");
    }

    @Test
    void saysNothingOnceItIsBuilt() {
        weft();

        assertThat(weft().err).isEmpty();
    }

    @Test
    void buildsOnceAndAgainWhenASourceIsNewer() throws IOException {
        weft();
        weft();
        assertThat(builds).content().isEqualTo("built\n");

        Files.setLastModifiedTime(
                tree.resolve("graph/src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        Result result = weft();
        assertThat(builds).content().isEqualTo("built\nbuilt\n");
        assertThat(result.err).contains("sources have changed");
    }

    @Test
    void keepsTheJarsOfTheBuildBefore() throws IOException {
        weft();
        Path jar = jars().getFirst();
        Files.setLastModifiedTime(
                tree.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));

        weft();

        assertThat(jars()).hasSize(2).contains(jar);
    }

    @Test
    void isFoundThroughALinkFromAnotherFolder() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("w"), tree.resolve("weft"));

        assertThat(run(link, folder, jdk, "x").out).endsWith("[x]\n");
    }

    @Test
    void passesOverAJdkThatIsTooOld() throws IOException {
        Path old = jdk("old", "17.0.2");
        Files.createSymbolicLink(tools.resolve("java"), jdk.resolve("bin/java"));

        assertThat(run(tree.resolve("weft"), tree, old, "x").code).isZero();
    }

    @Test
    void withoutMavenSaysWhatToInstall() throws IOException {
        Files.delete(tools.resolve("mvn"));

        Result result = weft();

        assertThat(result.code).isEqualTo(3);
        assertThat(result.err).contains("Maven (mvn) was not found").contains("apt-get install maven");
    }

    @Test
    void aBuildThatFailsShowsItsErrorsAndLeavesNothing() throws IOException {
        script(tools.resolve("mvn"), """
                #!/bin/sh
                echo '[INFO] compiling'
                echo '[ERROR] A.java:[1,1] class expected'
                exit 1
                """);

        Result result = weft();

        assertThat(result.code).isEqualTo(3);
        assertThat(result.err).contains("class expected").contains("build.log").doesNotContain("[INFO]");
        assertThat(tree.resolve("cli/target/launch/current")).doesNotExist();
    }

    @Test
    void twoFirstUsesBuildOnce() throws Exception {
        Process first = start(tree.resolve("weft"), tree, jdk, List.of("x"), "1");
        Process second = start(tree.resolve("weft"), tree, jdk, List.of("x"), "2");

        assertThat(List.of(first.waitFor(), second.waitFor())).containsExactly(0, 0);
        assertThat(builds).content().isEqualTo("built\n");
    }

    private List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.walk(tree.resolve("cli/target/launch"))) {
            return files.filter(file -> file.endsWith("weft-cli.jar")).toList();
        }
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        write(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), JAVA);
        script(home.resolve("bin/javac"), JAVA);
        return home;
    }

    private Result weft(String... arguments) {
        return run(tree.resolve("weft"), tree, jdk, arguments);
    }

    private Result run(Path launcher, Path from, Path javaHome, String... arguments) {
        try {
            Process process = start(launcher, from, javaHome, List.of(arguments), "");
            int code = process.waitFor();
            return new Result(code, Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Process start(Path launcher, Path from, Path javaHome, List<String> arguments, String suffix)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(from.toFile())
                .redirectOutput(folder.resolve("out" + suffix).toFile())
                .redirectError(folder.resolve("err" + suffix).toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        tools.toString(),
                        "JAVA_HOME",
                        javaHome.toString(),
                        "BUILDS",
                        builds.toString(),
                        "HOME",
                        folder.toString()));
        return builder.start();
    }

    private static void script(Path file, String text) throws IOException {
        write(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
