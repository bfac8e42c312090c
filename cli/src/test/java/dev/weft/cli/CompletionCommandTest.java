package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionCommandTest {

    @TempDir
    Path folder;

    private static boolean isThere(String shell) {
        return List.of("/bin/", "/usr/bin/", "/usr/local/bin/").stream()
                .anyMatch(place -> Files.isExecutable(Path.of(place + shell)));
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void theShellUnderstandsIt(String shell) throws IOException, InterruptedException {
        Run run = Run.weft("completion", shell);
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("train").contains("why-not-fused");
        assumeTrue(isThere(shell), shell + " is not installed");
        Path script = Files.writeString(folder.resolve("script"), run.out());

        assertThat(output(List.of(shell, "-n", script.toString()))).isEmpty();
    }

    @Test
    void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
        assumeTrue(isThere("bash"), "bash is not installed");
        Path script = Files.writeString(
                folder.resolve("script"), Run.weft("completion", "bash").out());
        String ask = "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_weft; echo \"${COMPREPLY[@]}\"";

        assertThat(output(List.of("bash", "-c", ask.formatted(script, "weft tra", 1))))
                .contains("train");
        assertThat(output(List.of("bash", "-c", ask.formatted(script, "weft train --accu", 2))))
                .contains("--accumulate");
    }

    @Test
    void anotherShellIsRefused() {
        Run run = Run.weft("completion", "tcsh");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("tcsh").contains("bash, zsh, fish");
    }
}
