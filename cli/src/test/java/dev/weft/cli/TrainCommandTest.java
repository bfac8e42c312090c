package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

    private static final String TINY = "layers=1,heads=2,width=8,context=8";

    @TempDir
    Path folder;

    private Path text = Path.of("");

    @BeforeEach
    void writeText() throws IOException {
        text = Files.writeString(
                folder.resolve("text.txt"), "the cat sat on the mat;\nthe dog sat on the log.\n".repeat(12));
    }

    private Path run() {
        return folder.resolve("run");
    }

    /** A short training; later words replace earlier ones. */
    private Run train(String... more) {
        List<String> words = new ArrayList<>(List.of("train", "gpt", "--set", TINY, "--backend", "reference"));
        words.addAll(List.of(more));
        if (!words.contains("--data")) {
            words.addAll(List.of("--data", text.toString()));
        }
        if (!words.contains("--batch")) {
            words.addAll(List.of("--batch", "4"));
        }
        if (!words.contains("--out")) {
            words.addAll(List.of("--out", run().toString()));
        }
        if (!words.contains("--steps")) {
            words.addAll(List.of("--steps", "2"));
        }
        return Run.weft(words.toArray(String[]::new));
    }

    private static Run use(String... words) {
        return Run.weft(Stream.concat(Stream.of(words), Stream.of("--backend", "reference"))
                .toArray(String[]::new));
    }

    private void fails(Run run, int code, String... sentences) {
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        assertThat(run.err()).contains(sentences).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void whatDoesNotFitIntoMemoryIsSaidBeforeAnythingIsWritten() {
        Run run = Run.weft(
                "train",
                "gpt",
                "--set",
                "width=65536,layers=24",
                "--data",
                text.toString(),
                "--batch",
                "64",
                "--out",
                run().toString());

        fails(run, ExitCode.MACHINE, "memory: ", " need ", " GiB, this machine has ");
        assertThat(run()).doesNotExist();
    }

    @Test
    void trainsThenGeneratesPredictsAndMeasures() {
        Run trained = train("--drop", "0.1", "--decay", "all", "--accumulate", "2", "--json");
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(trained.out())
                .contains("\"run\":", "\"steps\":2", "\"train_loss\":", "\"val_loss\":", "\"seconds\":")
                .contains("\"tokens_per_second\":", "\"backend\":\"reference\"", "\"seed\":1337");

        String[] generate = {"generate", run().toString(), "--prompt", "the ", "--max-tokens", "12", "--seed", "1"};
        Run generated = use(generate);
        assertThat(generated.code()).as(generated.err()).isZero();
        assertThat(generated.out()).startsWith("the ").hasSize("the ".length() + 13);
        assertThat(use(generate).out()).isEqualTo(generated.out());
        assertThat(use("generate", run().toString(), "--samples", "2", "--json").out())
                .contains("\"text\":", "\"ids\":[", "\"results\":[");

        assertThat(use("predict", run().toString(), "--prompt", "the ", "--top", "3", "--json")
                        .out())
                .contains("\"entropy_bits\":", "\"top\":[{\"id\":", "\"text\":", "\"probability\":", "\"logprob\":");
        assertThat(use("eval", run().toString(), "--data", text.toString(), "--json")
                        .out())
                .contains("\"nats_per_token\":", "\"bits_per_token\":", "\"perplexity\":", "\"bits_per_byte\":")
                .contains("\"tokens\":575", "\"bytes\":575");
    }

    @Test
    void theLastLineSaysWhatToDoNext() {
        Run trained = train();

        assertThat(trained.out().lines().toList().getLast())
                .isEqualTo("next: ./weft generate " + run() + " --prompt \"…\"");
    }

    @Test
    void theSameCommandGoesOnWithResume() {
        assertThat(train("--steps", "4").code()).isZero();

        assertThat(train("--steps", "4", "--resume").code()).isZero();
        fails(
                train("--steps", "5", "--resume", "--beta1", "0.8"),
                ExitCode.USER,
                "goes on with the options it was started with",
                ": --set optimizer.beta1 is not given, got 0.8, --steps is 4, got 5; leave out");
    }

    @Test
    void refusesAContextThatNoTextHas() {
        fails(train("--set", "context=0"), ExitCode.USAGE, "gpt: context must be from 1 to", "got 0", "--set context=");
        fails(train("--set", "context=3000000000"), ExitCode.USAGE, "got 3000000000");
    }

    @Test
    void refusesUnknownOptionsAndOffersTheNearest() {
        fails(train("--stepz", "5"), ExitCode.USAGE, "has no option --stepz", "did you mean --steps?");
        fails(train("--dropp", "0.1"), ExitCode.USAGE, "has no option --dropp", "did you mean --drop?");
        fails(
                train("--beta1", "0.5", "--optimizer", "sgd"),
                ExitCode.USER,
                "beta1",
                "[momentum, decay, decay_from_rank]");
        fails(train("--tokenizer", "gpt3"), ExitCode.USER, "char, gpt2");
        fails(train("--set", "heads=3"), ExitCode.USAGE, "heads");
        fails(Run.weft("train", "gbt", "--backend", "reference"), ExitCode.USER, "gbt", "gpt");
        fails(train("--batch", "0"), ExitCode.USAGE, "error: batch: must be at least 1, got 0");
        fails(train("--steps", "0"), ExitCode.USAGE, "error: steps: must be at least 1, got 0");
        fails(train("--lr", "-1"), ExitCode.USAGE, "error: lr: must be positive and finite, got -1.0");
        fails(train("--threads", "100000"), ExitCode.USAGE, "--threads: must be at most", "processors, got 100000");
        fails(train("--out", ""), ExitCode.USAGE, "error: weft train: --out: must not be empty");
        fails(Run.weft("generate", "", "--prompt", "a"), ExitCode.USER, "error: MODEL: must not be empty");
        fails(train("--partial"), ExitCode.USAGE, "say how --init-from is read");
        fails(train("--init-from", "x", "--rename", "a.*=b"), ExitCode.USER, "rename a.*=b: both sides must be");
        fails(train("--init-from", folder.resolve("none").toString()), ExitCode.USER, "there is no such folder");
    }

    @Test
    void refusesACorpusThatIsNone() throws IOException {
        fails(train("--data", folder.resolve("absent.txt").toString()), ExitCode.USER, "absent.txt", "no such file");
        Path empty = Files.writeString(folder.resolve("empty.txt"), "");
        fails(train("--data", empty.toString()), ExitCode.USER, "empty.txt", "is empty");
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {1, 0, 2});
        fails(train("--data", binary.toString()), ExitCode.USER, "binary.txt", "is binary");
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xe9, 'b'});
        fails(train("--data", latin.toString()), ExitCode.USER, "latin.txt", "must be UTF-8", "0xe9 at offset 1");
        Path small = Files.writeString(folder.resolve("small.txt"), "abcdefgh");
        fails(train("--data", small.toString()), ExitCode.USER, "small.txt", "shorter than one context");
        assertThat(run()).doesNotExist();
    }

    @Test
    void refusesAProgramThatDoesNotParse() throws IOException {
        Path program = Files.writeString(folder.resolve("broken.weft"), "model M( {\n");

        fails(Run.weft("train", program.toString()), ExitCode.USER, "broken.weft:1:");
    }

    @Test
    void refusesToWriteOverAnotherRun() {
        train();

        fails(train(), ExitCode.USER, "holds another run", "--resume");
    }

    @Test
    void saysWhatMemoryIsNeededBeforeItStarts() {
        fails(train("--batch", "20000000"), ExitCode.MACHINE, "needs", "at most");
        assertThat(run()).doesNotExist();
    }

    @Test
    void refusesPromptsThatTheModelCannotRead() {
        train();

        fails(
                use("generate", run().toString(), "--prompt", "the cat sat"),
                ExitCode.USER,
                "at most 8 tokens",
                "got 11");
        fails(use("predict", run().toString(), "--prompt", "é"), ExitCode.USER, "U+00E9");
        fails(use("generate", run().toString(), "--temperature", "-1"), ExitCode.USAGE, "temperature");
        fails(use("generate", folder.toString(), "--prompt", "a"), ExitCode.USER, "neither a run");
        fails(use("generate", folder.resolve("absent").toString()), ExitCode.USER, "no such folder");
    }

    @Test
    void refusesDamagedForeignAndOtherCheckpoints() throws IOException {
        train();
        Path model = run().resolve("model.safetensors");
        byte[] good = Files.readAllBytes(model);
        Files.write(model, Arrays.copyOf(good, good.length / 2));
        fails(use("predict", run().toString(), "--prompt", "the"), ExitCode.USER, "model.safetensors");
        Files.write(model, good);

        Path config = run().resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"width\" : 8", "\"width\" : 16"));
        fails(
                use("predict", run().toString(), "--prompt", "the"),
                ExitCode.USER,
                "does not fit the program",
                "embed.weight must be f32[",
                "16");

        Path foreign = Files.createDirectory(folder.resolve("foreign"));
        Files.write(foreign.resolve("model.safetensors"), good);
        Files.writeString(foreign.resolve("config.json"), "{\"model_type\": \"bert\"}");
        fails(use("predict", foreign.toString(), "--prompt", "the"), ExitCode.USER, "config.json", "model_type");
    }
}
