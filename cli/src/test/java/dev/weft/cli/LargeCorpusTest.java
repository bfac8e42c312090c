package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.tokenizer.CharTokenizer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus that does not fit into the heap of the process that reads it. */
class LargeCorpusTest {

    private static final int MEBIBYTES = Boolean.getBoolean("weft.slow") ? 512 : 64;
    private static final String LINE = "the cat sat on the mat, and the dog did not sit on the log.\n";

    @TempDir
    Path folder;

    /** In a process of its own. */
    static final class Reading {

        private Reading() {}

        public static void main(String[] arguments) {
            Corpus corpus = Corpus.read(List.of(Path.of(arguments[0])));
            CharTokenizer tokenizer = CharTokenizer.of(corpus.codePoints());
            try (TokenizedCorpus tokens = TokenizedCorpus.of(corpus, tokenizer, 64)) {
                System.out.println(corpus.characters() + " " + tokens.training().count() + " "
                        + tokens.validation().count());
            }
        }
    }

    @Test
    void isReadWithinAHeapThatIsShorter() throws IOException, InterruptedException {
        Path text = folder.resolve("large.txt");
        long lines = ((long) MEBIBYTES << 20) / LINE.length();
        try (BufferedWriter writer = Files.newBufferedWriter(text)) {
            for (long line = 0; line < lines; line++) {
                writer.write(LINE);
            }
        }
        Path cache = folder.resolve("cache");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                text.toString());
        builder.environment().put("WEFT_CACHE_DIR", cache.toString());
        for (int times = 0; times < 2; times++) {
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            long characters = lines * LINE.length();
            long training = characters * 9 / 10;
            assertThat(said).isEqualToIgnoringNewLines(characters + " " + training + " " + (characters - training));
        }
        try (var files = Files.list(cache.resolve("tokens"))) {
            assertThat(files).hasSize(1).allSatisfy(file -> assertThat(Files.size(file))
                    .isEqualTo(1024 + 4 * lines * LINE.length()));
        }
    }
}
