package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What eval says beyond the loss of a text: weights, examples, and how a model does on its own text. */
class EvalCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Percentage CLOSE = Percentage.withPercentage(1e-3);
    private static final int CONTEXT = 16;

    @TempDir
    static Path folder;

    private static String run = "";
    private static String text = "";

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(
                        folder.resolve("text.txt"), "the cat sat on the mat;\n\nthe dog sat on the log.\n".repeat(8))
                .toString();
        run = folder.resolve("run").toString();
        Run training = Run.weft(("train gpt --quiet --tokenizer char --set layers=1,heads=2,width=16,context=" + CONTEXT
                        + " --batch 8 --steps 60 --lr 0.01 --data " + text + " --out " + run)
                .split(" "));
        assertThat(training.code()).as(training.err()).isZero();
    }

    private static Run weft(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(1, run);
        return Run.weft(all.toArray(String[]::new));
    }

    private static JsonNode json(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        Run done = weft(all.toArray(String[]::new));
        assertThat(done.code()).as(done.err()).isZero();
        return JSON.readTree(done.out());
    }

    /** What predict says of each token of a text but the first, in nats. */
    private static double[] surprises(Path file) throws IOException {
        JsonNode tokens = json("predict", "--text", file.toString()).get("tokens");
        return IntStream.range(0, tokens.size())
                .mapToDouble(i -> -tokens.get(i).get("logprob").asDouble())
                .toArray();
    }

    @Test
    void tokensCountAsMuchAsTheirWeights() throws IOException {
        Path words = Files.writeString(folder.resolve("weighted.txt"), "the cat sat on the log; the dog sat");
        JsonNode ids = json("predict", "--text", words.toString());
        List<Integer> tokens =
                new ArrayList<>(List.of(ids.get("first").get("id").asInt()));
        ids.get("tokens").forEach(token -> tokens.add(token.get("id").asInt()));
        double[] weights = IntStream.range(0, tokens.size())
                .mapToDouble(i -> i % 3 == 0 ? 0 : 0.5 * (i % 5))
                .toArray();
        Path data = Files.writeString(
                folder.resolve("weighted.jsonl"),
                "{\"tokens\": %s, \"weights\": %s}\n"
                        .formatted(
                                tokens,
                                IntStream.range(0, weights.length)
                                        .mapToObj(i -> Double.toString(weights[i]))
                                        .collect(Collectors.joining(", ", "[", "]"))));
        double[] surprises = surprises(words);
        double nats = 0;
        double weight = 0;
        int counting = 0;
        for (int i = 1; i < weights.length; i++) {
            nats += weights[i] * surprises[i - 1];
            weight += weights[i];
            counting += weights[i] > 0 ? 1 : 0;
        }

        JsonNode eval = json("eval", "--data", data.toString(), "--by-position");
        assertThat(eval.get("total_nats").asDouble()).isCloseTo(nats, CLOSE);
        assertThat(eval.get("nats_per_token").asDouble()).isCloseTo(nats / weight, CLOSE);
        assertThat(eval.get("tokens").asInt()).isEqualTo(counting);
        assertThat(eval.get("bytes").asInt()).isEqualTo(counting);
        double byPosition = 0;
        for (JsonNode range : eval.get("by_position")) {
            byPosition +=
                    range.get("tokens").asDouble() * range.get("nats_per_token").asDouble();
        }
        assertThat(byPosition).isCloseTo(nats, CLOSE);
    }

    @Test
    void freeRunningBeginsWhereBothTextsAreTheSame() throws IOException {
        Path plot = folder.resolve("free.svg");
        JsonNode rows = json("eval", "--data", text, "--free-running", "--plot", plot.toString())
                .get("free_running");

        // Distances 1, 2, 3 to 4, 5 to 8: what a context of 16 leaves behind a prefix of 8.
        assertThat(rows).hasSize(4);
        assertThat(rows.get(3).get("to").asInt()).isEqualTo(CONTEXT / 2);
        JsonNode first = rows.get(0);
        assertThat(first.get("windows").asInt()).isEqualTo((int) (Files.size(Path.of(text)) / CONTEXT));
        assertThat(first.get("own_entropy_nats").asDouble())
                .isCloseTo(first.get("truth_entropy_nats").asDouble(), CLOSE);
        assertThat(first.get("entropy_drift_95").asDouble()).isLessThan(1e-4);
        for (JsonNode row : rows) {
            assertThat(row.get("own_entropy_nats").asDouble()
                            - row.get("truth_entropy_nats").asDouble())
                    .isCloseTo(row.get("entropy_drift").asDouble(), within(1e-9));
            assertThat(row.get("own_known_runs").asDouble()
                            - row.get("truth_known_runs").asDouble())
                    .isCloseTo(row.get("known_drift").asDouble(), within(1e-9));
            assertThat(row.get("truth_known_runs").asDouble()).isBetween(0.0, 1.0);
        }
        assertThat(plot).content().contains("Entropy of the next token", "tokens behind the prefix");
    }

    @Test
    void tablesAreValuesWithCommas() throws IOException {
        JsonNode rows = json("eval", "--data", text, "--free-running").get("free_running");
        List<String> lines = weft("eval", "--data", text, "--free-running", "--csv")
                .out()
                .lines()
                .toList();

        assertThat(lines).hasSize(rows.size() + 1);
        assertThat(lines.getFirst()).startsWith("from,to,windows,prefix,truth_nats,own_nats,");
        for (int i = 0; i < rows.size(); i++) {
            List<String> values =
                    rows.get(i).valueStream().map(JsonNode::asText).toList();
            assertThat(lines.get(i + 1)).isEqualTo(String.join(",", values));
        }
        assertThat(weft("eval", "--data", text, "--by-position", "--csv").out())
                .startsWith("from,to,tokens,nats_per_token" + System.lineSeparator() + "1,1,");
    }

    @Test
    void oneTableAtATimeIsPrintedWithCommas() {
        String one = "--csv: prints one table, that of --by-position, --free-running or --shots";
        assertThat(weft("eval", "--data", text, "--csv").err()).contains(one);
        assertThat(weft("eval", "--data", text, "--csv", "--by-position", "--free-running")
                        .err())
                .contains(one + "; got several, leave all but one out");
        Run both = weft("eval", "--data", text, "--csv", "--by-position", "--json");
        assertThat(both.code()).isEqualTo(ExitCode.USAGE);
        assertThat(both.err()).contains("--csv: cannot go with --json; choose one");
    }

    @Test
    void freeRunningReadsTheTruthAsEvalDoes() throws IOException {
        // A prefix of one token leaves distances that are the positions of a window, but for the last.
        JsonNode eval = json("eval", "--data", text, "--free-running", "--prefix", "1");
        double[] sums = new double[CONTEXT];
        String whole = Files.readString(Path.of(text));
        int windows = whole.length() / CONTEXT;
        for (int window = 0; window < windows; window++) {
            Path part = Files.writeString(
                    folder.resolve("window.txt"), whole.substring(window * CONTEXT, (window + 1) * CONTEXT));
            double[] surprises = surprises(part);
            for (int i = 0; i < surprises.length; i++) {
                sums[i] += surprises[i] / windows;
            }
        }
        JsonNode rows = eval.get("free_running");
        assertThat(rows.get(0).get("truth_nats").asDouble()).isCloseTo(sums[0], CLOSE);
        assertThat(rows.get(2).get("truth_nats").asDouble()).isCloseTo((sums[2] + sums[3]) / 2, CLOSE);
    }

    @Test
    void freeRunningDrawsTheSameOnAnyNumberOfThreads() throws IOException {
        String[] words = {"eval", "--data", text, "--free-running", "--seed", "5", "--threads", "1"};
        JsonNode one = json(words);
        words[7] = "2";
        JsonNode two = json(words);
        words[5] = "6";
        JsonNode other = json(words);
        assertThat(two.get("free_running")).isEqualTo(one.get("free_running"));
        assertThat(other.get("free_running")).isNotEqualTo(one.get("free_running"));
    }

    @Test
    void whatFreeRunningNeedsIsSaid() throws IOException {
        Run far = weft("eval", "--data", text, "--free-running", "--prefix", "16");
        assertThat(far.code()).isEqualTo(ExitCode.USAGE);
        assertThat(far.err()).contains("prefix: must be from 1 to 15, less than the context of the model, got 16");
        String little = Files.writeString(folder.resolve("little.txt"), "the cat sat on the mat;")
                .toString();
        Run few = weft("eval", "--data", little, "--free-running");
        assertThat(few.code()).isEqualTo(ExitCode.USER);
        assertThat(few.err())
                .contains("needs at least two windows of 16 tokens")
                .contains("got 23 tokens");
        assertThat(weft("eval", "--data", text, "--prefix", "3").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void examplesStandBeforeAQuestion() throws IOException {
        Path data =
                Files.writeString(folder.resolve("two.jsonl"), "{\"text\": \"a cat sat\"}\n{\"text\": \"on the\"}\n");
        Path plot = folder.resolve("examples.svg");
        JsonNode rows = json(
                        "eval",
                        "--task",
                        "last-word",
                        "--data",
                        data.toString(),
                        "--shots",
                        "1",
                        "--plot",
                        plot.toString())
                .get("by_examples");
        JsonNode alone = json("eval", "--task", "last-word", "--data", data.toString());

        assertThat(rows).hasSize(2);
        JsonNode none = rows.get(0);
        assertThat(none.get("nats_per_answer").asDouble())
                .isCloseTo(alone.get("nats_per_answer").asDouble(), within(1e-12));
        assertThat(none.get("accuracy").asDouble())
                .isEqualTo(alone.get("accuracy").asDouble());
        assertThat(none.get("nats_saved").asDouble()).isZero();
        // Of two questions, each is the example of the other.
        double first = ending("on the\n\na cat sat", 4);
        double second = ending("a cat sat\n\non the", 4);
        JsonNode one = rows.get(1);
        assertThat(one.get("nats_per_answer").asDouble()).isCloseTo((first + second) / 2, CLOSE);
        assertThat(one.get("nats_saved").asDouble())
                .isCloseTo(
                        none.get("nats_per_answer").asDouble()
                                - one.get("nats_per_answer").asDouble(),
                        within(1e-9));
        assertThat(one.get("cut").asInt()).isZero();
        assertThat(plot).content().contains("examples before the question", "mean of 2 questions");
    }

    private static double ending(String words, int count) throws IOException {
        double[] surprises = surprises(Files.writeString(folder.resolve("ending.txt"), words));
        double nats = 0;
        for (int i = surprises.length - count; i < surprises.length; i++) {
            nats += surprises[i];
        }
        return nats;
    }

    @Test
    void examplesThatTheContextDoesNotHoldAreCounted() throws IOException {
        Path data = Files.writeString(folder.resolve("choices.jsonl"), """
                {"context": "the cat", "choices": [" sat", " mat"], "answer": 0}
                {"context": "the dog", "choices": [" log", " sat"], "answer": 1}
                {"context": "on the", "choices": [" log.", " sat "], "answer": 0}
                """);
        Run words = weft("eval", "--task", "choice", "--data", data.toString(), "--shots", "2");
        assertThat(words.code()).as(words.err()).isZero();
        assertThat(words.out())
                .contains("examples       nats an answer   saved by examples          accuracy     for each byte  cut")
                .contains("cut: of the 3 questions");
        JsonNode rows = json("eval", "--task", "choice", "--data", data.toString(), "--shots", "2")
                .get("by_examples");
        assertThat(rows.get(0).get("cut").asInt()).isZero();
        assertThat(rows.get(2).get("cut").asInt()).isEqualTo(3);
        assertThat(rows.get(2).get("accuracy_normalized").asDouble()).isBetween(0.0, 1.0);

        Run many = weft("eval", "--task", "choice", "--data", data.toString(), "--shots", "3");
        assertThat(many.code()).isEqualTo(ExitCode.USAGE);
        assertThat(many.err()).contains("got 3 of 3 questions");
        assertThat(weft("eval", "--data", text, "--shots", "3").code()).isEqualTo(ExitCode.USAGE);
    }
}
