package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.torch.Torch;
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

/** The suite on a shape that takes no time: what it prints and writes, and how it ends. Times are not looked at. */
class SuiteTest {

    private static final Peaks PEAKS = new Peaks(100, 200, 10, 10);

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private static Run run(List<Row> rows, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Suite.run(arguments, List.of(suite(rows)), print(out), print(err));
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The suite's name is that of the option's default. */
    static NamedSuite suite(List<Row> rows) {
        return new NamedSuite("cpu", rows, "", "", () -> "", _ -> PEAKS);
    }

    private static RecipeRow recipe(String name) {
        return new RecipeRow(name, "a training", List.of("train"), List.of("f32"), List.of());
    }

    private static PrintStream print(ByteArrayOutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    private static TurnRow tiny(Contestant... sides) {
        return new TurnRow(
                "tiny",
                "a tiny GPT",
                "train",
                Shape.gpt(1, 2, 16, 8, 40),
                2,
                8,
                2,
                Recipe.USUAL,
                List.of(sides),
                List.of(Target.times(1e-9, "libtorch f32"), Target.seconds(1e-9)));
    }

    @Test
    void timesBothSidesOnEqualBatchesFromEqualWeights() throws IOException {
        Torch.missing().ifPresent(missing -> Assumptions.abort(missing));
        Path file = folder.resolve("results.json");

        Run run = run(
                List.of(tiny(Contestant.weft("f32"), Contestant.libtorch("f32"))),
                "--repeats",
                "2",
                "--json",
                file.toString());

        assertThat(run.code).as(run.err).isZero();
        assertThat(run.out)
                .containsPattern("tiny +a tiny GPT")
                .containsPattern("weft f32 .* ms \\(.* tokens/s, .* GFLOP/s, .*loss 3\\.")
                .containsPattern("libtorch f32 .* ms .*; ours is .* times as fast")
                .containsPattern("held +at least 0.000, .* times as fast as libtorch f32")
                .containsPattern("missed +at most 0.000, .* s\n");
        JsonNode row = new ObjectMapper().readTree(file.toFile()).get("results").get(0);
        assertThat(row.get("losses_equal").asBoolean()).isTrue();
        assertThat(row.get("sides")).hasSize(2).allSatisfy(side -> {
            assertThat(side.get("step_ms")).hasSize(2).allSatisfy(turn -> assertThat(turn)
                    .hasSize(2));
            assertThat(side.get("losses")).hasSize(6);
            assertThat(side.get("ms").asDouble()).isPositive();
        });
        assertThat(row.fieldNames()).toIterable().contains("work", "ours_ms", "peer", "peer_ms", "ratio", "limit_ms");
    }

    @Test
    void readsTokensOneByOneAndManyAtOnceInBothPrecisions() {
        Torch.missing().ifPresent(missing -> Assumptions.abort(missing));
        Shape shape = Shape.gpt(1, 2, 16, 32, 40);
        List<Row> rows = List.of(
                new TurnRow("decode", "tokens", "decode", shape, 1, 1, 3, Recipe.USUAL, List.of(), List.of())
                        .of(Contestant.weft("f32"), Contestant.libtorch("f32")),
                new TurnRow("prefill", "a prompt", "prefill", shape, 1, 16, 1, Recipe.USUAL, List.of(), List.of())
                        .of(Contestant.weft("bf16"), Contestant.libtorch("bf16")));

        Run run = run(
                rows, "--repeats", "1", "--chart", folder.resolve("chart.svg").toString());

        assertThat(run.code).as(run.out + run.err).isZero();
        assertThat(run.out).doesNotContain("not available", "failed", "losses: must be equal");
        assertThat(folder.resolve("chart.svg"))
                .content()
                .startsWith("<svg")
                .contains("tokens, f32", "a prompt, bf16", "times ours");
    }

    @Test
    void aPeerWithOtherLossesIsToldAndEndsWithOne() {
        needsAShell();
        String peer = "read open; echo '{\"ready\": \"mine\"}'; while read steps; do"
                + " echo '{\"millis\": [1, 1], \"losses\": [9, 9]}'; done";

        Run run = run(List.of(tiny(Contestant.weft("f32"))), "--repeats", "1", "--peer-command", peer);

        assertThat(run.code).isOne();
        assertThat(run.out)
                .contains("peer-command f32 ")
                .containsPattern(
                        "losses: must be equal within 0.002 nats, got 3\\..* \\(weft f32\\) and 9.0 \\(peer-command f32\\)"
                                + " at step 1 of 4; the times compare different work");
    }

    @Test
    void aPeerThatFailsIsQuotedAndEndsWithOneWhileOursIsTimed() {
        needsAShell();

        Run run = run(
                List.of(tiny(Contestant.weft("f32"))),
                "--repeats",
                "1",
                "--peer-command",
                "echo 'no model' >&2; exit 7");

        assertThat(run.code).isOne();
        assertThat(run.out)
                .containsPattern("weft f32 .* ms")
                .contains(
                        "peer-command f32         failed: peer-command f32: must answer every line, but ended with exit code 7")
                .contains("no model");
    }

    @Test
    void whatIsNotThereIsSaidInItsRow() {
        Run run = run(
                List.of(
                        new CommandRow("cold", "a command", List.of("check"), true, CommandRow.Measure.WALL, 1),
                        recipe("recipe")),
                "--repeats",
                "1");

        assertThat(run.code).isZero();
        assertThat(run.out)
                .contains("not available: commands: need ./weft, which is not in")
                .contains("not available: needs --data tinyshakespeare.txt")
                .containsPattern("not available +at most 1.00, – s");
    }

    @Test
    void anUnknownRowIsRefusedWithThoseThatThereAre() {
        Run run = run(List.of(tiny(Contestant.weft("f32"))), "--only", "tiny,large");

        assertThat(run.code).isEqualTo(2);
        assertThat(run.err).contains("--only: must name rows, got large; there are tiny");
    }

    @Test
    void rowsOfAFileStayWhereTheyAreNotTimedAgain() throws IOException {
        List<Row> rows = List.of(recipe("first"), recipe("second"), recipe("third"));
        String file = folder.resolve("results.json").toString();

        assertThat(run(rows, "--only", "first,third", "--json", file, "--merge").code)
                .isZero();
        assertThat(run(rows, "--only", "second", "--json", file, "--merge").code)
                .isZero();

        JsonNode results = new ObjectMapper().readTree(Path.of(file).toFile()).get("results");
        assertThat(results.findValuesAsText("work")).containsExactly("first", "second", "third");
        assertThat(results).allSatisfy(row -> assertThat(row.get("run").fieldNames())
                .toIterable()
                .contains("date", "commit", "machine", "versions", "peaks"));
    }

    @Test
    void mergingNeedsAFileOfThisSuite() throws IOException {
        List<Row> rows = List.of(recipe("first"));
        Path other = Files.writeString(folder.resolve("other.json"), "{\"losses\": []}");

        assertThat(run(rows, "--json", "--merge").err).contains("--merge: needs the file to merge with");
        assertThat(run(rows, "--json", other.toString(), "--merge").err)
                .contains("--merge: " + other + " must have rows in \"results\"");
    }

    private static void needsAShell() {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the peers of this test are for a POSIX shell");
    }
}
