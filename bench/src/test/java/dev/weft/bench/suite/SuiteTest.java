package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.torch.Torch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suite on a shape that takes no time: what it prints and writes, and how it ends. Times are not looked at. */
class SuiteTest {

    private static final Peaks PEAKS = new Peaks(100, 200, 10);

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private static Run run(List<Row> rows, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Suite.run(arguments, rows, () -> PEAKS, print(out), print(err));
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
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
}
