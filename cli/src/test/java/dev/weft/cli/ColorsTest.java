package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColorsTest {

    private static final String ESCAPE = "\u001b[";

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "true,  '',                             true",
        "false, '',                             false",
        "true,  'NO_COLOR=1',                   false",
        "true,  'NO_COLOR=',                    true",
        "true,  'CLICOLOR=0',                   false",
        "false, 'CLICOLOR=1',                   false",
        "true,  'TERM=dumb',                    false",
        "false, 'CLICOLOR_FORCE=1',             true",
        "false, 'CLICOLOR_FORCE=0',             false",
        "false, 'CLICOLOR_FORCE=1 NO_COLOR=1',  false"
    })
    void theEnvironmentDecides(boolean terminal, String variables, boolean colored) {
        Map<String, String> environment = new HashMap<>();
        for (String variable : variables.isEmpty() ? List.<String>of() : List.of(variables.split(" "))) {
            String[] parts = variable.split("=", 2);
            environment.put(parts[0], parts[1]);
        }

        assertThat(Colors.wanted(terminal, environment)).isEqualTo(colored);
    }

    private String check(boolean color) throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.weft"), """
                fn add(x: f32[2], y: f32[3]) -> f32[2] = x + y
                fn half(width: int) -> int = widht / 2
                """);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                color,
                folder);
        assertThat(Main.run(List.of("check", file.toString()), terminal)).isEqualTo(ExitCode.USER);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void diagnosticsAreColoredAndSayTheSame() throws IOException {
        String plain = check(false);
        String colored = check(true);

        assertThat(plain).doesNotContain(ESCAPE).contains("error[W", "^");
        assertThat(colored)
                .contains(ESCAPE + "1;31merror[W", ESCAPE + "1;31m^", ESCAPE + "1;36m= help:", ESCAPE + "1;31merror:");
        assertThat(colored.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
    }

    @Test
    void resultsAndHelpInAPipeHaveNoColor() {
        assertThat(Run.weft("--help").out() + Run.weft("info", "mlp").out()).doesNotContain(ESCAPE);
    }

    @Test
    void progressIsShownOnlyWhereSomebodyWatches() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(err, true, StandardCharsets.UTF_8);

        new Terminal(to, to, false, false, folder).progress("step 1");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        new Terminal(to, to, true, false, folder).progress("step 1");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("\r\u001b[Kstep 1");
        new Terminal(to, to, true, true, folder).progress("step 2");
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith("\r\u001b[K\u001b[2mstep 2\u001b[0m");
    }
}
