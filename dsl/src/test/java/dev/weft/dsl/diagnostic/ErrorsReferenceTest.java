package dev.weft.dsl.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The reference of diagnostics is written from their codes and pages; {@code -Dweft.accept=true} writes it anew. */
class ErrorsReferenceTest {

    private static final Path REFERENCE = Path.of("../docs/reference/errors.md");

    @Test
    void theReferenceIsWhatThePagesSay() throws IOException {
        StringBuilder text = new StringBuilder("""
                # Errors and warnings

                Written from the codes and their pages by `ErrorsReferenceTest`; `weft explain CODE` shows one page. A code is stable: it
                means the same in every version, and one that is no longer given is not given to anything else. The first two digits
                say what it is about: 01 text, 02 names, 03 calls, 04 types, 05 sizes, 06 storage, 07 control, and 08 the warnings of
                `weft check --lint`.

                | code | |
                |---|---|
                """);
        for (Code code : Code.values()) {
            text.append("| [%s](#%s) | %s |\n".formatted(code, anchor(code), code.title()));
        }
        text.append("""

                ## As JSON

                `weft check FILE --diagnostics json` (and `--json`) prints one object on standard output and nothing else, for editors and scripts.
                The exit code is that of the text form. Fields may come to it; none goes or changes its meaning.

                | field | is |
                |---|---|
                | `diagnostics` | a list, by file and place; empty where nothing is wrong |
                | `code`, `severity` | a code of this page; `error` or `warning` |
                | `message` | one line |
                | `span` | the place: `file` as it was given, `line` and `column` from 1, `endLine` and `endColumn`, which is the first column behind it; columns count UTF-16 units |
                | `notes` | a list of `span` and `text`: other places that matter, such as where each side of a mismatch comes from |
                | `remedy` | null, or an object with `text`; where it is an edit also `span`, the text to replace, and `replacement`. An edit was tried: with it the file has fewer findings and no other one |

                ```json
                """).append(json()).append("\n```\n");
        for (Code code : Code.values()) {
            text.append("\n#").append(page(code));
        }
        if (Boolean.getBoolean("weft.accept")) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(Files.readString(REFERENCE)).isEqualTo(text.toString());
    }

    /** What is said of a misspelled name, with both a note and an edit made up: the form, not the finding, is what matters here. */
    private static String json() {
        Source source = new Source("my.weft", "fn twice(x: f32[n]) -> f32[n] = 2 * y\n");
        Diagnostic diagnostic = Diagnostic.error(
                        Code.UNKNOWN_NAME, new Span(source, 36, 37), "name y: is not declared here")
                .note(new Span(source, 9, 10), "a parameter is")
                .help("did you mean x?", new Span(source, 36, 37), "x");
        return "{\"diagnostics\":" + Json.of(List.of(diagnostic)) + "}";
    }

    /** As Markdown viewers make it from a heading. */
    private static String anchor(Code code) {
        return (code + ": " + code.title())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9 -]", "")
                .replace(' ', '-');
    }

    private static String page(Code code) {
        String fence = code.isLint() ? "```weft\n" : "```weft fails " + code + "\n";
        return Catalog.explain(code).strip().replace("```weft\n", fence) + "\n";
    }
}
