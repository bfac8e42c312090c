package dev.weft.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/adding-an-op.md} shows is what the files say that it names. */
class AddingAnOpTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern QUOTE = Pattern.compile("<!-- (\\S+) -->\n```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void quotedCodeIsThere() throws IOException {
        Matcher quotes = QUOTE.matcher(Files.readString(ROOT.resolve("docs/adding-an-op.md")));
        int found = 0;
        while (quotes.find()) {
            String file = Files.readString(ROOT.resolve(quotes.group(1)));
            assertThat(squeezed(file)).as(quotes.group(1)).contains(squeezed(quotes.group(2)));
            found++;
        }
        assertThat(found).isEqualTo(4);
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", " ").strip();
    }
}
