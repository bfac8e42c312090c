package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.ShippedPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CheckCommandTest {

    @TempDir
    Path folder;

    static List<String> shipped() {
        return ShippedPrograms.names();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void nothingIsWrongWithWhatWeftShips(String name) {
        Run run = Run.weft("check", name);

        assertThat(run).isEqualTo(new Run(ExitCode.DONE, "", name + ": nothing is wrong\n"));
    }

    @Test
    void whatDoesNotParseIsShownWithItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.weft"), "model Wrong(width) {\n    weight = = 3\n}\n");

        Run run = Run.weft("check", file.toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("error[W0101]: ")
                .contains(file + ":2:", "2 |     weight = = 3", "^")
                .endsWith("error: 1 finding\n");
    }

    @Test
    void diagnosticsAreJsonOnRequest() throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.weft"), "model Wrong(width) {\n    weight = = 3\n}\n");

        Run run = Run.weft("check", file.toString(), "--json");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("{\"diagnostics\":[{\"code\":\"W0101\",\"severity\":\"error\",")
                .endsWith("}]}\n");
        assertThat(Run.weft("check", "gpt", "--diagnostics", "json").out()).isEqualTo("{\"diagnostics\":[]}\n");
    }

    @Test
    void aProgramThatIsNowhereIsAUsersMistake() {
        Run run = Run.weft("check", "gtp");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .startsWith("error: program gtp: is no file, and no shipped program")
                .contains("did you mean gpt?");
    }

    @Test
    void aFileThatIsNearbyIsOffered() throws IOException {
        Path file = Files.writeString(folder.resolve("classifier.weft"), "model M() {}\n");

        Run run = Run.weft("check", folder.resolve("clasifier.weft").toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("did you mean " + file + "?");
    }

    @Test
    void constantsThatBreakAConditionAreRefused() {
        Run run = Run.weft("check", "gpt", "--set", "width=130,heads=4");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("width % heads == 0");
    }

    @Test
    void anUnknownConstantIsRefused() {
        Run run = Run.weft("check", "gpt", "--set", "widht=128");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("widht").contains("width");
    }
}
