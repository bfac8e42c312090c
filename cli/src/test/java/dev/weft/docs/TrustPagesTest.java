package dev.weft.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages say of messages and of commits is so. */
class TrustPagesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW = Pattern.compile("(?m)^\\|[^|]+\\| `([^`]+)` \\|");
    private static final Pattern COMMIT = Pattern.compile("`([0-9a-f]{7})`\\s+\"([^\"]+)\"");

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        for (String module : List.of(
                "graph",
                "dsl",
                "models",
                "cli",
                "backends/spi",
                "backends/cpu",
                "backends/cuda",
                "backends/reference",
                "autodiff")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    all.append(Files.readString(file));
                }
            }
        }
        return all.toString();
    }

    @Test
    void everyLimitHasItsMessageInTheSources() throws IOException {
        String sources = sources();
        List<String> messages = new ArrayList<>();
        ROW.matcher(Files.readString(ROOT.resolve("docs/limits.md")))
                .results()
                .forEach(row -> messages.add(row.group(1)));

        assertThat(messages).hasSizeGreaterThan(15).allSatisfy(message -> assertThat(sources.contains(message))
                .as(message)
                .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/adding-an-op.md", "docs/adding-a-pass.md"})
    void everyCommitIsInTheHistoryUnderItsSubject(String page) throws IOException, InterruptedException {
        assumeTrue(Files.exists(ROOT.resolve(".git")), "this is no clone: its commits cannot be looked up");
        Matcher commits = COMMIT.matcher(Files.readString(ROOT.resolve(page)).replaceAll("\\s+", " "));
        int found = 0;
        while (commits.find()) {
            Process git = new ProcessBuilder("git", "log", "-1", "--format=%s", commits.group(1))
                    .directory(ROOT.toFile())
                    .start();
            String subject = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assumeTrue(git.waitFor() == 0, "the clone does not reach back to " + commits.group(1));
            assertThat(subject).isEqualTo(commits.group(2));
            found++;
        }
        assertThat(found).isGreaterThanOrEqualTo(2);
    }
}
