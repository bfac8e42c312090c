package dev.weft.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pages on passes and backends show is what the files say that they name. */
class AddingAPassTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern QUOTE = Pattern.compile("<!-- (\\S+) -->\n```java\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @CsvSource({"docs/adding-a-pass.md, 4", "docs/adding-a-backend.md, 2"})
    void quotedCodeIsThere(String page, int count) throws IOException {
        Matcher quotes = QUOTE.matcher(Files.readString(ROOT.resolve(page)));
        int found = 0;
        while (quotes.find()) {
            String file = Files.readString(ROOT.resolve(quotes.group(1)));
            assertThat(squeezed(file)).as(quotes.group(1)).contains(squeezed(quotes.group(2)));
            found++;
        }
        assertThat(found).isEqualTo(count);
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
