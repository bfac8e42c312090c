package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that time no model: a tokenizer beside another, and files beside other programs. Times are not looked at. */
class BesidesTest {

    @TempDir
    private Path folder;

    private String run(int code, List<Row> rows, String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        assertThat(Suite.run(arguments, List.of(SuiteTest.suite(rows)), out, out))
                .as(said.toString(StandardCharsets.UTF_8))
                .isEqualTo(code);
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void bothTokenizersGiveTheSameIdsOfAText() throws IOException {
        Path text = Files.writeString(
                folder.resolve("text.txt"), "It's 1,000 to 1 — naïve 🎈 don't you think?\n".repeat(50));

        String said = run(0, List.of(TokenizerRow.gpt2()), "--repeats", "2", "--data", text.toString());

        assertThat(said)
                .containsPattern("weft +.* ms .* tokens/s")
                .containsPattern("jtokkit r50k_base +.* ms .* tokens/s; ours is .* times as fast")
                .contains("times as fast as jtokkit r50k_base");
    }

    @Test
    void aProgramIsMeasuredByWhatItWrites() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/cat")), "needs cat");
        Path text = Files.writeString(folder.resolve("text.txt"), "some bytes");
        Packers packers = new Packers(folder);

        assertThat(packers.packed("cat", List.of("cat"), text).written()).hasValue(10);
        assertThat(packers.packed("none", List.of("no-such-program"), text).unavailable())
                .isEqualTo("no-such-program is not on this machine");
        assertThat(packers.packed("bad", List.of("cat", "/no/such/file"), text).unavailable())
                .isEqualTo("cat ended with 1");
    }

    @Test
    void aTextThatWasGivenBeforeCostsLittleAgain() throws IOException {
        Path known = Files.writeString(folder.resolve("known.txt"), "what is the city but the people? ".repeat(9));
        Path text = Files.writeString(folder.resolve("text.txt"), "what is the city but the people? ".repeat(2));
        List<SideResult> sides = new Packers(folder).beside(known, text);

        assertThat(sides)
                .extracting(SideResult::name)
                .containsExactly("xz -9", "bzip2 -9", "xz -9, given the training text");
        Assumptions.assumeTrue(sides.getFirst().isThere(), "needs xz");
        assertThat(sides.getLast().written().orElseThrow())
                .isLessThan(sides.getFirst().written().orElseThrow());
    }

    @Test
    void withoutATextNoModelIsTrained() {
        assertThat(run(0, List.of(CompressionRow.shakespeare()), "--repeats", "1"))
                .contains("not available: needs --data tinyshakespeare.txt", "at most 34,500, – bytes");
    }
}
