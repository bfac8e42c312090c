package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.suite.Contestant.Kind;
import dev.weft.graph.MachineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The suite of a GPU at sizes that take no time, on the processor: the same rows, sides and protocol. PyTorch's side takes part where {@code
 * -Dweft.test.python} names a Python that has torch.
 */
class CudaSuiteTest {

    private static final String PYTHON = System.getProperty("weft.test.python", "/nonexistent");
    private static final Map<String, Map<String, Long>> SIZES = Map.of(
            "residual-norm", Map.of("rows", 64L, "width", 48L),
            "norm-backward", Map.of("rows", 64L, "width", 48L),
            "gelu", Map.of("n", 5000L),
            "cross-entropy", Map.of("rows", 20L, "vocab", 67L),
            "adamw", Map.of("n", 5000L),
            "embedding-backward", Map.of("rows", 100L, "width", 24L, "vocab", 11L),
            "attention-forward", Map.of("batch", 2L, "heads", 3L, "length", 40L, "size", 16L),
            "attention", Map.of("batch", 2L, "heads", 3L, "length", 40L, "size", 16L));

    private static final String ROOT = "weft.root";

    @TempDir
    private Path folder;

    /** PyTorch's files are found from the root of the project. */
    @BeforeEach
    void inTheProject() {
        System.setProperty(ROOT, Path.of("..").toAbsolutePath().normalize().toString());
    }

    @AfterEach
    void elsewhere() {
        System.clearProperty(ROOT);
    }

    private record Run(int code, String out, String err) {}

    private static Run run(NamedSuite suite, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of("--suite", suite.name(), "--python", PYTHON, "--repeats", "1"));
        all.addAll(List.of(arguments));
        int code = Suite.run(
                all.toArray(String[]::new),
                List.of(suite),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Rows on the processor in place of the GPU. */
    private static NamedSuite onProcessor(List<Row> rows) {
        return new NamedSuite("cuda", rows, "cpu", "cpu", () -> "a processor", _ -> new Peaks(100, 200, 10, 20));
    }

    private static PieceRow small(PieceRow row) {
        return new PieceRow(
                row.name(),
                row.title(),
                row.piece(),
                SIZES.get(row.piece()),
                2,
                3,
                row.bytes(),
                row.flops(),
                row.sides(),
                row.targets());
    }

    private JsonNode results(List<Row> rows) throws IOException {
        Path file = folder.resolve("cuda.json");
        Run run = run(onProcessor(rows), "--json", file.toString());
        assertThat(run.code).as(run.out + run.err).isZero();
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.path("suite").asText()).isEqualTo("cuda");
        assertThat(json.path("machine").path("device").asText()).isEqualTo("a processor");
        assertThat(json.path("peaks").path("copy_gbps").asInt()).isEqualTo(20);
        return json.path("results");
    }

    @Test
    void everyPieceRunsAndAgreesWithPyTorchWhereThatIsThere() throws IOException {
        List<Row> rows = CudaRows.all().stream()
                .filter(PieceRow.class::isInstance)
                .map(row -> (Row) small((PieceRow) row))
                .toList();

        JsonNode results = results(rows);

        assertThat(results).hasSize(SIZES.size()).allSatisfy(row -> {
            JsonNode ours = row.path("sides").get(0);
            assertThat(ours.path("losses")).as(row.toString()).hasSize(4);
            assertThat(ours.path("loss").asDouble()).as(row.toString()).isPositive();
            assertThat(row.path("limit_ms").asDouble()).isPositive();
        });
    }

    @Test
    void aSideIsMeasuredAtTheBatchThatIsBestForIt() throws IOException {
        Contestant[] sides = {new Contestant(Kind.CUDA, "f32", 1), new Contestant(Kind.CUDA_EAGER, "f32", 1)};
        Shape shape = Shape.gpt(1, 2, 16, 8, 40);
        List<TurnRow> batches = List.of(
                Rows.train("train-1", "a tiny GPT", shape, 1, 8, 2).of(sides),
                Rows.train("train-4", "a tiny GPT", shape, 4, 8, 2).of(sides));
        Row decode =
                new TurnRow("decode", "tokens", "decode", shape, 1, 1, 3, Recipe.USUAL, List.of(), List.of()).of(sides);
        BestRow best = new BestRow("train", "a tiny GPT", batches, List.of(Target.tokensPerSecond(1e-9)));

        JsonNode results = results(List.of(best, decode));

        JsonNode row = results.get(0);
        assertThat(row.path("tokens").asInt()).isIn(8, 32);
        assertThat(row.path("sides").get(0).path("version").asText()).endsWith("tokens a step, its best");
        assertThat(row.path("targets").get(0).path("verdict").asText()).isEqualTo("held");
        assertThat(results.get(1).path("sides").get(0).path("losses")).hasSize(6);
    }

    @Test
    void withoutAGpuTheSuiteSaysSoAndEndsWithThree() {
        NamedSuite suite = new NamedSuite(
                "cuda",
                CudaRows.all(),
                "cuda",
                "cuda",
                () -> {
                    throw new MachineException("bench --suite cuda: needs an NVIDIA GPU; there is none");
                },
                _ -> new Peaks(1, 1, 1, 1));

        Run run = run(suite);

        assertThat(run.code).isEqualTo(3);
        assertThat(run.out).isEmpty();
        assertThat(run.err.strip()).isEqualTo("weft: bench --suite cuda: needs an NVIDIA GPU; there is none");
        assertThat(run(suite, "--list").out).contains("gpt2-bf16", "attention", "recipe");
    }
}
