package dev.weft.bench.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sides that are scripts of a shell: what is said to them, and what is said of those that misbehave. */
class SideProcessTest {

    private static final Opening OPENING = new Opening(
            "train",
            "gpt",
            Map.of("layers", 1L),
            1,
            1,
            "f32",
            2,
            new Opening.Optimizer(1, 0, 0, 1, 0, 1, List.of()),
            "w.safetensors",
            "b.safetensors");

    @TempDir
    private Path folder;

    @BeforeEach
    void needsAShell() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the sides of this test are for a POSIX shell");
    }

    private SideProcess side(String script) {
        return new SideProcess("peer-command", List.of("/bin/sh", "-c", script), Map.of("GREETING", "hello"), folder);
    }

    @Test
    void readsALineAndWritesALine() {
        try (SideProcess side = side("""
                read open; echo "$open" >&2; echo "{\\"ready\\": \\"$GREETING\\"}"
                read steps; echo '{"millis": [1.5, 2], "losses": [3, 4.25]}'
                read steps; echo '{"millis": [1.5], "losses": [3], "host": [0.5]}'
                """)) {
            assertThat(side.open(OPENING)).isEqualTo("hello");
            assertThat(side.steps(0, 2)).isEqualTo(new Steps(List.of(1.5, 2.0), List.of(3.0, 4.25)));
            assertThat(side.steps(2, 1)).isEqualTo(new Steps(List.of(1.5), List.of(3.0), List.of(0.5)));
        }
    }

    @Test
    void theFirstLineHasTheWork() throws Exception {
        try (SideProcess side =
                side("read open; echo \"$open\" >" + folder.resolve("seen") + "; echo '{\"ready\": \"x\"}'")) {
            side.open(OPENING);
        }

        assertThat(Files.readString(folder.resolve("seen")))
                .contains("\"do\":\"open\"", "\"work\":\"train\"", "\"constants\":{\"layers\":1}", "\"beta1\":0.0");
    }

    @Test
    void oneThatCannotDoItSaysWhy() {
        try (SideProcess side = side("read open; echo '{\"unavailable\": \"needs a moon\"}'")) {
            assertThatThrownBy(() -> side.open(OPENING))
                    .isInstanceOf(MachineException.class)
                    .hasMessage("needs a moon");
        }
    }

    @Test
    void oneThatEndsIsQuotedWithItsExitCode() {
        try (SideProcess side = side("echo 'no such model' >&2; exit 7")) {
            assertThatThrownBy(() -> side.open(OPENING))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("peer-command: must answer every line, but ended with exit code 7")
                    .hasMessageContaining("its last words:\n  no such model");
        }
    }

    @Test
    void oneThatSaysSomethingElseIsQuoted() {
        try (SideProcess side = side("read open; echo ready; read x")) {
            assertThatThrownBy(() -> side.open(OPENING))
                    .isInstanceOf(UserException.class)
                    .hasMessage("peer-command: must be a JSON object on one line, got: ready");
        }
        try (SideProcess side =
                side("read open; echo '{\"ready\": \"x\"}'; read steps; echo '{\"millis\": [1]}'; read x")) {
            side.open(OPENING);
            assertThatThrownBy(() -> side.steps(0, 2))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith(
                            "peer-command: must answer steps with {\"millis\": [2 numbers], \"losses\": [2 numbers]}");
        }
    }

    @Test
    void aCommandThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new SideProcess("peer-command", List.of("/nowhere/peer"), Map.of(), folder))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("peer-command: must be a command that can be started");
    }
}
