package dev.weft.dsl.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.Shipped;
import dev.weft.dsl.SourceResolver;
import dev.weft.dsl.Sources;
import dev.weft.dsl.ast.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every code has a page with a program that is wrong in that way; those of warnings are held where programs can be tried. After a change of messages, {@code -Dweft.accept=true} writes what is
 * said now into the pages.
 */
class CatalogTest {

    static List<Code> errors() {
        return Arrays.stream(Code.values()).filter(code -> !code.isLint()).toList();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void pageShowsWhatIsSaid(Code code) throws IOException {
        List<Diagnostic> found = check(code, Catalog.example(code));
        assertThat(found).extracting(Diagnostic::code).contains(code);
        String said = Rendering.text(found).strip() + "\n";
        if (Boolean.getBoolean("weft.accept")) {
            accept(code, said);
        }
        assertThat(said).isEqualTo(Catalog.output(code));
    }

    @ParameterizedTest
    @EnumSource(Code.class)
    void pageIsTitledAsTheCode(Code code) {
        assertThat(Catalog.explain(code)).startsWith("# " + code.id() + ": " + code.title() + "\n");
    }

    /** A remedy that is an edit leaves one finding less, and no other in its place. */
    @ParameterizedTest
    @MethodSource("errors")
    void remediesCompileWhenApplied(Code code) {
        String text = Catalog.example(code);
        List<Diagnostic> found = check(code, text);
        for (Diagnostic diagnostic : found) {
            Diagnostic.Remedy remedy = diagnostic.remedy();
            if (remedy != null && remedy.replaced() != null) {
                String mended = remedy.apply(text);
                List<Diagnostic> left = check(code, mended);
                assertThat(left).as(mended).hasSizeLessThan(found.size());
            }
        }
    }

    private static List<Diagnostic> check(Code code, String text) {
        Source source = new Source("example.weft", text);
        Shipped shipped = new Shipped();
        SourceResolver resolver = new SourceResolver() {
            @Override
            public Optional<Source> resolve(String name) {
                return name.equals("example") ? Optional.of(source) : shipped.resolve(name);
            }

            @Override
            public List<String> known() {
                return shipped.known();
            }
        };
        List<Diagnostic> found = Sources.check(source, resolver).diagnostics();
        assertThat(Json.of(found)).as("%s", code).startsWith("[").endsWith("]");
        return found;
    }

    private static void accept(Code code, String said) throws IOException {
        Path page = Path.of("src/main/resources/dev/weft/dsl/diagnostic/explain", code.id() + ".md");
        String text = Files.readString(page);
        int start = text.indexOf("```text\n") + "```text\n".length();
        Files.writeString(page, text.substring(0, start) + said + text.substring(text.indexOf("```", start)));
    }
}
