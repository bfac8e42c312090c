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
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model expects, seen: each number agrees with every other that says the same. */
class PredictCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Percentage CLOSE = Percentage.withPercentage(1e-3);

    @TempDir
    static Path folder;

    private static String run = "";
    private static String text = "";

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(
                        folder.resolve("text.txt"), "the cät sat on the mat;\nthe dog </script> sat.\n".repeat(4))
                .toString();
        run = folder.resolve("run").toString();
        Run training = Run.weft(
                ("train gpt --quiet --tokenizer char --set layers=1,heads=2,width=8,context=16 --batch 4 --steps 20 --data "
                                + text + " --out " + run)
                        .split(" "));
        assertThat(training.code()).as(training.err()).isZero();
    }

    private static Run weft(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(1, run);
        Run done = Run.weft(all.toArray(String[]::new));
        assertThat(done.code()).as(done.err()).isZero();
        return done;
    }

    private static JsonNode json(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(words));
        all.add("--json");
        return JSON.readTree(weft(all.toArray(String[]::new)).out());
    }

    @Test
    void aPromptOverTheContextIsRefusedOrSlides() throws IOException {
        String prompt = "the mat sat ".repeat(3);

        Run refused = Run.weft("predict", run, "--prompt", prompt);
        assertThat(refused.code()).isEqualTo(ExitCode.USER);
        assertThat(refused.err())
                .contains("at most 16 tokens long", "got 36, which is 20 too many", "--overflow slide");
        // Older halves of 16 are dropped until 36 tokens are read: 12 are left.
        assertThat(json("predict", "--prompt", prompt, "--overflow", "slide"))
                .isEqualTo(json("predict", "--prompt", prompt.substring(24)));
    }

    @Test
    void theSurprisesOfATextSumUpToWhatEvalMeasures() throws IOException {
        JsonNode eval = json("eval", "--data", text);
        JsonNode predict = json("predict", "--text", text);

        int tokens = Files.readString(Path.of(text)).length() - 1;
        assertThat(eval.get("tokens").asInt()).isEqualTo(tokens);
        assertThat(predict.get("tokens")).hasSize(tokens);
        double bits = 0;
        for (JsonNode token : predict.get("tokens")) {
            bits += token.get("bits").asDouble();
            assertThat(token.get("logprob").asDouble())
                    .isCloseTo(-token.get("bits").asDouble() * Math.log(2), within(1e-9));
        }
        assertThat(predict.get("total_bits").asDouble()).isCloseTo(bits, within(1e-6));
        assertThat(predict.get("total_nats").asDouble())
                .isCloseTo(eval.get("total_nats").asDouble(), CLOSE);
    }

    @Test
    void theUnitsOfEvalAgree() throws IOException {
        JsonNode eval = json("eval", "--data", text);
        double nats = eval.get("nats_per_token").asDouble();
        double bits = eval.get("bits_per_token").asDouble();

        assertThat(bits).isCloseTo(nats / Math.log(2), within(1e-9));
        assertThat(eval.get("perplexity").asDouble()).isCloseTo(Math.exp(nats), within(1e-9));
        assertThat(eval.get("total_nats").asDouble())
                .isCloseTo(nats * eval.get("tokens").asInt(), within(1e-6));
        assertThat(eval.get("bits_per_byte").asDouble() * eval.get("bytes").asInt())
                .isCloseTo(bits * eval.get("tokens").asInt(), within(1e-6));
        assertThat(eval.get("bits_per_character").asDouble()
                        * eval.get("characters").asInt())
                .isCloseTo(bits * eval.get("tokens").asInt(), within(1e-6));
        // One of the characters has two bytes, four times.
        assertThat(eval.get("bytes").asInt()).isEqualTo(eval.get("characters").asInt() + 4);
        assertThat(eval.get("confidence_95").asDouble()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16})
    void everyTokenCountsOnceAtAnyStride(int stride) throws IOException {
        JsonNode eval = json("eval", "--data", text, "--stride", Integer.toString(stride));
        JsonNode whole = json("eval", "--data", text);

        assertThat(eval.get("tokens")).isEqualTo(whole.get("tokens"));
        assertThat(eval.get("stride").asInt()).isEqualTo(stride);
        // What is looked back on differs by at most a context.
        assertThat(eval.get("total_nats").asDouble())
                .isCloseTo(whole.get("total_nats").asDouble(), Percentage.withPercentage(stride == 16 ? 1e-9 : 20));
    }

    @Test
    void aStrideLongerThanTheContextIsRefused() {
        Run far = Run.weft("eval", run, "--data", text, "--stride", "17");
        assertThat(far.code()).isEqualTo(ExitCode.USAGE);
        assertThat(far.err()).contains("stride: must be from 1 to 16, the context of the model, got 17");
    }

    @Test
    void theNextTokenIsShownWithBarsAndCumulativeMass() throws IOException {
        JsonNode next = json("predict", "--prompt", "the ", "--top", "4");
        double sum = 0;
        for (JsonNode row : next.get("top")) {
            sum += row.get("probability").asDouble();
            assertThat(row.get("cumulative").asDouble()).isCloseTo(sum, within(1e-12));
        }
        String words = weft("predict", "--prompt", "the ", "--top", "4").out();
        assertThat(words.lines().skip(1).findFirst().orElseThrow()).endsWith("█".repeat(24));
        assertThat(weft("predict", "--prompt", "the ", "--top", "4", "--csv")
                        .out()
                        .lines())
                .hasSize(5)
                .first()
                .isEqualTo("id,text,probability,logprob,cumulative");
    }

    @Test
    void aTextIsShownTokenByToken() throws IOException {
        String words = weft("predict", "--text", text, "--top", "2").out();
        int tokens = Files.readString(Path.of(text)).length() - 1;
        assertThat(words.lines()).hasSize(tokens + 2);
        List<String> csv =
                weft("predict", "--text", text, "--csv").out().lines().toList();
        // A line break is a field in quotes that goes on in the next line.
        assertThat(csv).hasSize(tokens + 1 + 8);
        assertThat(csv.get(1)).startsWith("1,").contains(",\"h\",");
    }

    @Test
    void thePageHoldsItsDataAndNeedsNothingElse() throws IOException {
        Path page = folder.resolve("page.html");
        weft("predict", "--text", text, "--html", page.toString());
        String html = Files.readString(page);

        assertThat(html).doesNotContain("\"DATA\"", "src=", "href=", "http://", "https://", "@import");
        // The text itself ends no script.
        assertThat(html.split("</script>", -1)).hasSize(2);
        String data = html.lines()
                .filter(line -> line.startsWith("const data = "))
                .findFirst()
                .orElseThrow();
        JsonNode read = JSON.readTree(
                data.substring("const data = ".length(), data.length() - 1).replace("<\\/", "</"));
        JsonNode token = read.get("tokens").get(3);
        assertThat(token.get("ids")).hasSameSizeAs(token.get("logprobs"));
        double mass = 0;
        for (JsonNode logprob : token.get("logprobs")) {
            mass += Math.exp(logprob.asDouble());
        }
        mass += token.get("rest").isNull() ? 0 : Math.exp(token.get("rest").asDouble());
        assertThat(mass).isCloseTo(1, within(1e-3));

        weft("predict", "--prompt", "the ", "--html", page.toString());
        assertThat(Files.readString(page)).contains("\"id\":-1");
    }

    @Test
    void aSampleIsExplainedTokenByToken() throws IOException {
        String[] words = {"generate", "--prompt", "the ", "--max-tokens", "9", "--top-k", "5", "--top-p", "0.9"};
        JsonNode plain = json(words);
        List<String> more = new ArrayList<>(List.of(words));
        more.add("--explain");
        JsonNode explained = json(more.toArray(String[]::new));

        assertThat(explained.get("ids")).isEqualTo(plain.get("ids"));
        assertThat(explained.get("results").get(0).get("tokens")).hasSize(9).allSatisfy(token -> {
            assertThat(token.get("rank").asInt()).isBetween(1, 5);
            assertThat(token.get("removed").get(0).get("filter").asText()).isEqualTo("top-k");
            assertThat(token.get("removed").get(0).get("mass").asDouble()).isBetween(0.0, 1.0);
        });
        assertThat(weft(more.toArray(String[]::new)).out()).contains("   rank  probability  entropy   share  token");
    }

    @Test
    void theLossByPositionAddsUpToTheWhole() throws IOException {
        Path plot = folder.resolve("position.svg");
        JsonNode eval = json("eval", "--data", text, "--by-position", "--plot", plot.toString());
        double nats = 0;
        double tokens = 0;
        int next = 1;
        for (JsonNode range : eval.get("by_position")) {
            assertThat(range.get("from").asInt()).isEqualTo(next);
            next = range.get("to").asInt() + 1;
            tokens += range.get("tokens").asDouble();
            nats += range.get("tokens").asDouble() * range.get("nats_per_token").asDouble();
        }
        // Ranges 1, 2, 3 to 4, 5 to 8, 9 to 16: the context.
        assertThat(eval.get("by_position")).hasSize(5);
        assertThat(next).isEqualTo(17);
        assertThat(tokens).isEqualTo(eval.get("tokens").asDouble());
        assertThat(nats).isCloseTo(eval.get("total_nats").asDouble(), CLOSE);
        assertThat(plot).content().startsWith("<svg").contains("tokens seen in the window");
        assertThat(weft("eval", "--data", text, "--by-position").out())
                .contains("tokens seen    nats a token", " 9 to 16 ");
        assertThat(Run.weft("eval", run, "--data", text, "--plot", plot.toString())
                        .code())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void choicesAndLastWordsAreAskedForLineByLine() throws IOException {
        Path choices = Files.writeString(
                folder.resolve("choice.jsonl"),
                "{\"context\": \"the cät sat\", \"choices\": [\" on\", \" mat\"], \"answer\": 1}\n\n");
        JsonNode choice = json("eval", "--task", "choice", "--data", choices.toString());
        double on = ending("the cät sat on", 3);
        double mat = ending("the cät sat mat", 4);
        assertThat(choice.get("items").asInt()).isEqualTo(1);
        assertThat(choice.get("nats_per_answer").asDouble()).isCloseTo(mat, CLOSE);
        assertThat(choice.get("accuracy").asDouble()).isEqualTo(mat < on ? 1 : 0);
        assertThat(choice.get("accuracy_normalized").asDouble()).isEqualTo(mat / 4 < on / 3 ? 1 : 0);

        Path words = Files.writeString(folder.resolve("words.jsonl"), "{\"text\": \"the cät sat\"}\n");
        JsonNode word = json("eval", "--task", "last-word", "--data", words.toString());
        assertThat(word.get("nats_per_answer").asDouble()).isCloseTo(ending("the cät sat", 4), CLOSE);
        assertThat(word.get("accuracy").asDouble()).isIn(0.0, 1.0);
    }

    /** What the last tokens of a text cost by what predict says, in nats. */
    private static double ending(String words, int count) throws IOException {
        Path file = Files.writeString(folder.resolve("ending.txt"), words);
        JsonNode tokens = json("predict", "--text", file.toString()).get("tokens");
        double nats = 0;
        for (int i = tokens.size() - count; i < tokens.size(); i++) {
            nats -= tokens.get(i).get("logprob").asDouble();
        }
        return nats;
    }

    @Test
    void aBrokenLineIsToldByItsNumber() throws IOException {
        Path broken = Files.writeString(
                folder.resolve("broken.jsonl"),
                "{\"context\": \"a\", \"choices\": [\"b\", \"c\"], \"answer\": 1}\n{\"context\": \"a\", \"choices\": [\"b\"], \"answer\": 0}\n");
        Run refused = Run.weft("eval", run, "--task", "choice", "--data", broken.toString());
        assertThat(refused.code()).isEqualTo(ExitCode.USER);
        assertThat(refused.err()).contains("broken.jsonl, line 2: must have a context");

        Run noJson = Run.weft("eval", run, "--task", "last-word", "--data", text);
        assertThat(noJson.code()).isEqualTo(ExitCode.USER);
        assertThat(noJson.err()).contains("text.txt, line 1");
        assertThat(Run.weft("eval", run, "--task", "choice", "--data", text, "--by-position")
                        .code())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThat(Run.weft("predict", run, "--text", text, "--prompt", "a").code())
                .isEqualTo(ExitCode.USAGE);
        Run plot = Run.weft("eval", run, "--data", text, "--by-position", "--plot", "loss.txt");
        assertThat(plot.code()).isEqualTo(ExitCode.USAGE);
        assertThat(plot.err()).contains("--plot: must end in .svg or .png, got loss.txt");
        assertThat(Run.weft("predict", run, "--text", text, "--csv", "--json").code())
                .isEqualTo(ExitCode.USAGE);
        Run missing = Run.weft("predict", run, "--text", folder.resolve("none").toString());
        assertThat(missing.code()).isEqualTo(ExitCode.USER);
    }
}
