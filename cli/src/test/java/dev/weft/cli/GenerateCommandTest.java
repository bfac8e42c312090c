package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several prompts, and several texts of one. */
class GenerateCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static String run = "";

    @BeforeAll
    static void train() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat;\nthe dog sat.\n".repeat(4));
        run = folder.resolve("run").toString();
        Run training = Run.weft(
                ("train gpt --quiet --tokenizer char --set layers=1,heads=2,width=8,context=16 --batch 4 --steps 20 --data "
                                + text + " --out " + run)
                        .split(" "));
        assertThat(training.code()).as(training.err()).isZero();
    }

    private static Run generate(String... words) {
        List<String> all = new ArrayList<>(List.of("generate", run, "--max-tokens", "30"));
        all.addAll(List.of(words));
        return Run.weft(all.toArray(String[]::new));
    }

    private static String out(String... words) {
        Run done = generate(words);
        assertThat(done.code()).as(done.err()).isZero();
        return done.out();
    }

    private static void refused(int code, String message, String... words) {
        Run done = generate(words);
        assertThat(done.code()).as(done.err()).isEqualTo(code);
        assertThat(done.err()).contains(message);
        assertThat(done.out()).isEmpty();
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void eachPromptIsContinuedAsItWouldBeAlone() throws IOException {
        String first = out("--prompt", "the ");
        String second = out("--prompt", "the dog sat on");
        String both = "--- prompt 1\n" + first + "--- prompt 2\n" + second;

        assertThat(out("--prompt", "the ", "--prompt", "the dog sat on")).isEqualTo(both);
        assertThat(out("--prompts", file("two.txt", "the \n\nthe dog sat on\n")))
                .isEqualTo(both);
        assertThat(out(
                        "--prompt-file",
                        file("one", "the "),
                        "--prompt-file",
                        file("other", "the dog sat on"),
                        "--stream"))
                .isEqualTo(both);
        assertThat(out("--batch", "1", "--prompt", "the ", "--prompt", "the dog sat on"))
                .isEqualTo(both);
    }

    @Test
    void theFirstSampleIsTheTextAndTheOthersDiffer() throws IOException {
        String alone = out("--prompt", "the ");
        String samples = out("--prompt", "the ", "--samples", "3");

        assertThat(samples).startsWith("--- sample 1\n" + alone + "--- sample 2\n");
        JsonNode results = JSON.readTree(out("--prompt", "the ", "--prompt", "a", "--samples", "5", "--json"))
                .get("results");
        assertThat(results).hasSize(10);
        assertThat(results.findValuesAsText("text").subList(0, 5)).doesNotHaveDuplicates();
        assertThat(results.get(6).get("prompt").asText()).isEqualTo("a");
        assertThat(results.get(6).get("sample").asInt()).isEqualTo(1);
    }

    @Test
    void eachResultHasItsIdsAndHowLikelyTheyWere() throws IOException {
        String lines =
                file("three.jsonl", "{\"prompt\": \"the \", \"id\": 7}\n{\"prompt\": [3, 1, 2]}\n{\"prompt\": \"\"}\n");
        JsonNode json = JSON.readTree(out("--prompts", lines, "--json", "--explain", "--stop", " "));

        assertThat(json.get("text")).isEqualTo(json.get("results").get(0).get("text"));
        assertThat(json.get("results")).hasSize(3).allSatisfy(result -> {
            int count = result.get("ids").size();
            assertThat(count).isBetween(1, 30);
            assertThat(result.get("logprobs")).hasSize(count);
            for (int i = 0; i < count; i++) {
                JsonNode token = result.get("tokens").get(i);
                assertThat(token.get("logprob"))
                        .isEqualTo(result.get("logprobs").get(i));
                assertThat(token.get("id")).isEqualTo(result.get("ids").get(i));
                assertThat(token.get("logprob").asDouble()).isNegative();
            }
            assertThat(result.get("finish_reason").asText()).isEqualTo(count < 30 ? "stop" : "length");
            assertThat(result.get("text").asText()).doesNotContain(" ");
        });
        assertThat(json.get("results").get(1).get("prompt").asText()).hasSize(3);
    }

    @Test
    void whatCannotBeContinuedIsToldByItsLine() throws IOException {
        refused(
                ExitCode.USER,
                "bad.jsonl, line 2:",
                "--prompts",
                file("bad.jsonl", "{\"prompt\": \"the\"}\n{\"prompt\": \"the\n"));
        refused(
                ExitCode.USER,
                "none.jsonl, line 1: must have a prompt, which is a text or a list of ids that is not empty",
                "--prompts",
                file("none.jsonl", "{\"prompt\": []}\n"));
        refused(
                ExitCode.USER,
                "far.jsonl, line 1: ids must be in 0..",
                "--prompts",
                file("far.jsonl", "{\"prompt\": [1, 50000]}\n"));
        refused(ExitCode.USER, "empty.txt: has no prompt", "--prompts", file("empty.txt", "\n \n"));
        refused(
                ExitCode.USER,
                "absent.txt",
                "--prompts",
                folder.resolve("absent.txt").toString());
        refused(
                ExitCode.USER,
                "long.txt, line 2: must be at most 16 tokens long, the context of the model, got 21, which is 5 too many",
                "--prompts",
                file("long.txt", "the\n" + "the ".repeat(5) + "a\n"));
        refused(ExitCode.USER, "prompt 2: must be at most 16", "--prompt", "a", "--prompt", "the ".repeat(5));
    }

    @Test
    void aFileOfAPromptThatIsMissingIsNamedOnce() {
        String absent = folder.resolve("absent.txt").toString();
        refused(ExitCode.USER, "error: " + absent + ": there is no such file\n", "--prompts", absent);
        refused(ExitCode.USER, "--prompt-file " + absent + ": there is no such file\n", "--prompt-file", absent);
        refused(ExitCode.USER, folder + ": is a folder; name a file\n", "--prompt-file", folder.toString());
    }

    @Test
    void contradictionsAreRefused() throws IOException {
        refused(
                ExitCode.USAGE,
                "--prompt, --prompt-file and --prompts: cannot go with each other",
                "--prompt",
                "a",
                "--prompts",
                file("a.txt", "a\n"));
        refused(
                ExitCode.USAGE,
                "error: weft generate: --batch: must be at least 1, got 0",
                "--prompt",
                "a",
                "--batch",
                "0");
        refused(
                ExitCode.USAGE,
                "error: weft generate: --samples: must be at least 1, got 0",
                "--prompt",
                "a",
                "--samples",
                "0");
        refused(ExitCode.USAGE, "--threads: must be at most", "--prompt", "a", "--threads", "5000");
        refused(ExitCode.USAGE, "--overflow", "--prompt", "a", "--overflow", "shift");
    }

    @Test
    void aPromptMaySlide() {
        String prompt = "the ".repeat(12);
        assertThat(out("--prompt", prompt, "--overflow", "slide")).startsWith(prompt);
        assertThat(out("--prompt", prompt, "--overflow", "slide", "--prompt", "the "))
                .startsWith("--- prompt 1\n" + out("--prompt", prompt, "--overflow", "slide") + "--- prompt 2\n");
    }

    @Test
    void tooManyRowsForTheMemoryAreTold() {
        refused(
                ExitCode.MACHINE,
                "the memory limit leaves 4.0 MiB; a batch of ",
                "--samples",
                "4000",
                "--batch",
                "4000",
                "--memory",
                "4m",
                "--prompt",
                "a");
    }
}
