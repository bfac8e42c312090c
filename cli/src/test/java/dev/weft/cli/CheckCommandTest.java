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

    private String looksAhead() throws IOException {
        String text = ShippedPrograms.resource("gpt.weft").orElseThrow();
        return Files.writeString(
                        folder.resolve("gpt2.weft"), text.replace("<= iota(T)[:, _] + at", "<= iota(T)[:, _] + at + 1"))
                .toString();
    }

    @Test
    void lintWarnsAndGoesOn() throws IOException {
        String file = looksAhead();
        assertThat(Run.weft("check", file)).isEqualTo(new Run(ExitCode.DONE, "", file + ": nothing is wrong\n"));

        Run run = Run.weft("check", file, "--lint");

        assertThat(run.code()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("warning[W0804]: logits: a later token must not change an earlier one's result")
                .contains("weights = nn.softmax(where(seen,")
                .endsWith("\n1 warning\n");
        assertThat(Run.weft("check", file, "--lint", "--strict").code()).isEqualTo(ExitCode.USER);
    }

    @Test
    void warningsAreJsonOnRequest() throws IOException {
        Run run = Run.weft("check", looksAhead(), "--lint", "--diagnostics", "json");

        assertThat(run.code()).isEqualTo(ExitCode.DONE);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("{\"diagnostics\":[{\"code\":\"W0804\",\"severity\":\"warning\",");
    }

    @Test
    void whatCannotBeTriedIsSaid() throws IOException {
        Path file = Files.writeString(
                folder.resolve("wide.weft"),
                "model Wide(width) where width > 20 { param w: f32[width] = 0\nfn loss() -> (f32[], f32[]) = (sum(w), f32(1)) }\n");

        Run run = Run.weft("check", file.toString(), "--lint");

        assertThat(run.code()).isEqualTo(ExitCode.DONE);
        assertThat(run.err()).contains("gradients: were not tried, no small constants", "choose some with --set");
        assertThat(Run.weft("check", file.toString(), "--lint", "--set", "width=24")
                        .err())
                .isEqualTo(file + ": nothing is wrong\n");
    }

    @Test
    void strictGoesWithLint() {
        assertThat(Run.weft("check", "gpt", "--strict").code()).isEqualTo(ExitCode.USAGE);
        assertThat(Run.weft("check", "gpt", "--lint", "--strict").code()).isEqualTo(ExitCode.DONE);
    }

    @Test
    void constantsThatBreakAConditionAreRefused() {
        Run run = Run.weft("check", "gpt", "--set", "width=130,heads=4");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("width % heads == 0");
    }

    @Test
    void anUnknownConstantIsRefused() {
        Run run = Run.weft("check", "gpt", "--set", "widht=128");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("widht").contains("width");
    }
}
