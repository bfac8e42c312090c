package dev.weft.models.lint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.diagnostic.Catalog;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Rendering;
import dev.weft.models.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages about warnings show what is said; {@code -Dweft.accept=true} writes it into them. */
class LintCatalogTest {

    private static final Path PAGES = Path.of("../dsl/src/main/resources/dev/weft/dsl/diagnostic/explain");

    @TempDir
    Path folder;

    static List<Code> warnings() {
        return Arrays.stream(Code.values()).filter(Code::isLint).toList();
    }

    @ParameterizedTest
    @MethodSource("warnings")
    void pageShowsWhatIsSaid(Code code) throws IOException {
        String page = Files.readString(PAGES.resolve(code.id() + ".md"));
        Path file = Files.writeString(folder.resolve("example.weft"), Catalog.example(code));
        ProgramLint.Findings findings = ProgramLint.of(Program.load(file.toString()));
        assertThat(findings.warnings()).extracting(Diagnostic::code).contains(code);
        String said =
                Rendering.text(findings.warnings()).replace(folder + "/", "").strip() + "\n";
        if (Boolean.getBoolean("weft.accept")) {
            int start = page.indexOf("```text\n") + "```text\n".length();
            Files.writeString(
                    PAGES.resolve(code.id() + ".md"),
                    page.substring(0, start) + said + page.substring(page.indexOf("```", start)));
        } else {
            assertThat(said).isEqualTo(Catalog.output(code));
        }
    }
}
