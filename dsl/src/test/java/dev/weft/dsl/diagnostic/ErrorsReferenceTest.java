package dev.weft.dsl.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        for (Code code : Code.values()) {
            text.append("\n#").append(page(code));
        }
        if (Boolean.getBoolean("weft.accept")) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(Files.readString(REFERENCE)).isEqualTo(text.toString());
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
