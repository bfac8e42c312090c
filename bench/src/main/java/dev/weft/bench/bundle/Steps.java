package dev.weft.bench.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of each part.
 *
 * @param java the beginning of every command: the runtime, its options, the class path
 * @param root the folder of the bundle
 * @param logs where results are written
 */
record Steps(List<String> java, Path root, Path logs) {

    /** What can be asked for, in the order in which {@code all} does it. */
    static final List<String> PARTS = List.of("doctor", "tests", "conformance", "oracle", "bench");

    private static final String CALLS = "dev.weft.backend.cuda.calibration.CheckCalls";
    private static final String CALIBRATION = "dev.weft.backend.cuda.calibration.Calibrate";
    private static final String CLI = "dev.weft.cli.Main";
    private static final String SUITE = "dev.weft.bench.suite.Suite";
    private static final String DATA = "data/tinyshakespeare.txt";

    /** Rows of the suite by the seconds that each may take: several compile for PyTorch. */
    private static final List<Row> ROWS = List.of(
            new Row("attention-forward", 90),
            new Row("attention", 90),
            new Row("residual-norm", 90),
            new Row("norm-backward", 90),
            new Row("gelu", 90),
            new Row("cross-entropy", 90),
            new Row("adamw", 90),
            new Row("embedding-backward", 90),
            new Row("decode-bf16", 240),
            new Row("compile-cold", 120),
            new Row("compile-cached", 60),
            new Row("gpt2-bf16", 540),
            new Row("gpt2", 540),
            new Row("recipe", 540));

    private record Row(String name, int seconds) {}

    /** The suite's rows that are timed. */
    static List<String> rows() {
        return ROWS.stream().map(Row::name).toList();
    }

    Steps {
        java = List.copyOf(java);
    }

    /** @param part one of {@link #PARTS} */
    List<Step> of(String part) {
        return switch (part) {
            case "doctor" -> List.of(step("doctor", 60, Steps::cuda, CLI, "backends", "--json"));
            case "tests" ->
                List.of(step("calls", 120, Step::last, CALLS), step("calibration", 120, Step::last, CALIBRATION));
            case "conformance" ->
                List.of(step(
                        "conformance", 540, Steps::conformance, CLI, "conformance", "--backend", "cuda", "--json"));
            case "oracle" -> oracle();
            case "bench" -> ROWS.stream().map(this::bench).toList();
            default -> throw new IllegalArgumentException("part: must be one of " + PARTS + ", got " + part);
        };
    }

    private List<Step> oracle() {
        List<Step> steps = new ArrayList<>();
        for (String what : List.of("f32", "bf16", "same")) {
            steps.add(step("oracle-" + what, 240, Step::last, Oracle.class.getName(), "cuda", what));
        }
        steps.add(step("oracle-torch", 300, Steps::torch, SUITE, "--suite", "oracle", "--repeats", "1", "--json"));
        return steps;
    }

    private Step bench(Row row) {
        List<String> arguments = new ArrayList<>(List.of("--suite", "cuda", "--only", row.name()));
        Path data = root.resolve(DATA);
        if (data.toFile().isFile()) {
            arguments.addAll(List.of("--data", data.toString()));
        }
        arguments.addAll(List.of("--json", logs.resolve("cuda.json").toString(), "--merge"));
        return step("bench-" + row.name(), row.seconds(), Steps::row, SUITE, arguments.toArray(String[]::new));
    }

    private Step step(
            String name,
            int seconds,
            java.util.function.Function<String, String> summary,
            String main,
            String... arguments) {
        List<String> command = new ArrayList<>(java);
        command.add(main);
        command.addAll(Arrays.asList(arguments));
        return new Step(name, command, Duration.ofSeconds(seconds), summary);
    }

    /** Of {@code weft backends --json}: what the backend finds here. */
    private static String cuda(String printed) {
        for (JsonNode backend : json(printed).path("backends")) {
            if (backend.path("name").asText().equals("cuda")) {
                return (backend.path("score").asInt() > 0 ? "" : BundleRun.NO_GPU)
                        + backend.path("reason").asText();
            }
        }
        return BundleRun.NO_GPU + "the bundle has no cuda backend";
    }

    /** Of {@code weft conformance --json}: how many checks hold, and the first that do not. */
    private static String conformance(String printed) {
        JsonNode json = json(printed);
        List<String> wrong = new ArrayList<>();
        int all = 0;
        for (JsonNode check : json.path("results")) {
            all++;
            if (check.path("verdict").asText().equals("failed")) {
                wrong.add(check.path("name").asText());
            }
        }
        return "%d of %d checks hold%s"
                .formatted(
                        all - wrong.size(),
                        all,
                        wrong.isEmpty()
                                ? ""
                                : "; not "
                                        + String.join(
                                                ", ", wrong.stream().limit(5).toList()));
    }

    /** Of the suite in words: ours, the peer and the limit, on one line. */
    private static String row(String printed) {
        List<String> lines = printed.lines().map(String::strip).toList();
        return lines.isEmpty()
                ? "nothing was said"
                : String.join(
                        "; ",
                        lines.stream()
                                .skip(1)
                                .map(line -> line.replaceAll(" +", " "))
                                .toList());
    }

    /** Of the suite as JSON: the losses of all sides, row by row. */
    private static String torch(String printed) {
        List<String> rows = new ArrayList<>();
        for (JsonNode row : json(Step.last(printed)).path("results")) {
            List<String> sides = new ArrayList<>();
            for (JsonNode side : row.path("sides")) {
                sides.add(
                        side.has("not_available")
                                ? side.path("name").asText() + " not there"
                                : "%s %.5f"
                                        .formatted(
                                                side.path("name").asText(),
                                                side.path("loss").asDouble()));
            }
            rows.add(row.path("work").asText() + ": " + String.join(", ", sides)
                    + (row.path("losses_equal").asBoolean() ? "" : ", UNEQUAL"));
        }
        return String.join("; ", rows);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException _) {
            return new ObjectMapper().createObjectNode();
        }
    }
}
