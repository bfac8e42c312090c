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
import org.junit.jupiter.params.provider.ValueSource;

class NewCommandTest {

    @TempDir
    Path folder;

    static List<String> programs() {
        return ShippedPrograms.names();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void everyShippedProgramIsAStartThatPassesCheck(String program) throws IOException {
        Path file = folder.resolve("mine.weft");

        Run run = Run.weft("new", file.toString(), "--from", program);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(file + ": a copy of " + program + ", ");
        assertThat(run.err()).isEqualTo("next: ./weft check " + file + "\n");
        assertThat(file).hasContent(ShippedPrograms.resource(program + ".weft").orElseThrow());
        assertThat(Run.weft("check", file.toString()).code()).isZero();
    }

    @Test
    void theFileOfNamesComesAlong() {
        Path file = folder.resolve("mine.weft");

        assertThat(Run.weft("new", file.toString(), "--from", "gpt", "-q").err())
                .isEmpty();
        assertThat(folder.resolve("mine.names"))
                .hasContent(ShippedPrograms.resource("gpt.names").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mine.weft", "mine.names"})
    void aFileThatIsThereStays(String there) throws IOException {
        Files.writeString(folder.resolve(there), "precious");

        Run run = Run.weft("new", folder.resolve("mine.weft").toString(), "--from", "gpt");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .isEqualTo("error: " + folder.resolve(there)
                        + ": is there already and stays as it is; choose another name\n");
        assertThat(folder.resolve(there)).hasContent("precious");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void anUnknownProgramIsAnsweredWithTheNearest() {
        Run run = Run.weft("new", folder.resolve("mine.weft").toString(), "--from", "lama");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .startsWith("error: --from lama: must be a shipped program, did you mean llama?; there are ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mine", "my-model.weft", "1.weft", ".weft"})
    void aNameThatNoProgramCanHaveIsRefused(String name) {
        Run run = Run.weft("new", folder.resolve(name).toString(), "--from", "gpt");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(name + ": must be a name of letters, digits and _ that ends with .weft");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        Run run = Run.weft("new", folder.resolve("no/mine.weft").toString(), "--from", "gpt");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .endsWith("mine.weft: cannot be written: there is no folder " + folder.resolve("no")
                        + "; make it first\n");
    }

    @Test
    void theSecondTimeTheFileThatWasNamedIsThere() {
        String file = folder.resolve("mine.weft").toString();
        assertThat(Run.weft("new", file, "--from", "gpt").code()).isZero();

        Run again = Run.weft("new", file, "--from", "gpt");

        assertThat(again.code()).isEqualTo(ExitCode.USER);
        assertThat(again.err()).startsWith("error: " + file + ": is there already");
        Run below = Run.weft("new", file + "/mine.weft", "--from", "gpt");
        assertThat(below.code()).isEqualTo(ExitCode.USER);
        assertThat(below.err()).contains("cannot be written: " + file + " in its path is no folder");
    }

    @Test
    void withoutAProgramTheOptionIsNamed() {
        Run run = Run.weft("new", folder.resolve("mine.weft").toString());

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--from");
    }
}
