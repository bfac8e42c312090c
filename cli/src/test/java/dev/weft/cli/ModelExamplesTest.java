package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models that learners read: each holds what its first lines promise, through the commands alone. */
class ModelExamplesTest {

    private static final Path MODELS = Jars.project().resolve("examples/models");
    private static final int IMAGES = 240;
    private static final int SIDE = 8;

    @TempDir
    Path folder;

    private static String model(String name) {
        return MODELS.resolve(name + ".weft").toString();
    }

    private static Run weft(String... words) {
        Run run = Run.weft(words);
        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
        return run;
    }

    private static JsonNode json(Run run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"recurrent", "mixer", "convolution"})
    void nothingIsFoundInThem(String name) throws IOException {
        weft("check", model(name), "--lint", "--strict");
        assertThat(Files.readAllLines(MODELS.resolve(name + ".weft"))).hasSizeLessThan(70);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "recurrent B=2,T=3 width=3,vocab=5",
                "mixer B=2,T=3 layers=1,width=3,context=4,vocab=5",
                "convolution B=2 size=4,channels=2"
            })
    void theirGradientsAreRight(String words) {
        String[] word = words.split(" ");
        Run run = weft(
                "gradcheck", model(word[0]), "--entry", "loss", "--dim", word[1], "--set", word[2], "--elements", "6");

        assertThat(run.out()).contains("gradients agree");
    }

    @ParameterizedTest
    @ValueSource(strings = {"recurrent width=16,context=8 0.02", "mixer layers=1,width=16,context=8 0.01"})
    void languageModelsLearnMoreThanHowFrequentEachCharacterIs(String words) throws IOException {
        String[] word = words.split(" ");
        String sentences = "the cat sat on the mat;\nthe dog sat on the log.\n".repeat(40);
        Path text = Files.writeString(folder.resolve("text.txt"), sentences);
        Path run = folder.resolve("run");

        JsonNode trained = json(weft(
                "train",
                model(word[0]),
                "--data",
                text.toString(),
                "--set",
                word[1],
                "--steps",
                "60",
                "--lr",
                word[2],
                "--batch",
                "8",
                "--eval-every",
                "60",
                "--out",
                run.toString(),
                "--json"));

        assertThat(trained.get("val_loss").asDouble()).isLessThan(0.7 * unigram(sentences));

        String start = "the cat sat on";
        Run written = weft("generate", run.toString(), "--prompt", start.substring(0, 5), "--max-tokens", "20");
        assertThat(written.out()).startsWith(start.substring(0, 5)).hasSizeGreaterThan(20);
        assertCachesChangeNothing(word[0], run, start.substring(0, 8));
    }

    /** What `predict` reads piece by piece, through caches, is what `logits` says of the whole text at once. */
    private void assertCachesChangeNothing(String name, Path run, String prompt) throws IOException {
        JsonNode predicted = json(weft("predict", run.toString(), "--prompt", prompt, "--top", "1", "--json"));
        String ids = ids(run, prompt);
        JsonNode whole = json(weft(
                "run",
                model(name),
                "--entry",
                "logits",
                "--from",
                run.toString(),
                "--dim",
                "B=1,T=" + prompt.length(),
                "--input",
                "tokens=" + ids,
                "--output",
                folder.resolve("out").toString(),
                "--json"));

        assertThat(whole).isNotNull();
        float[] logits;
        try (Arena arena = Arena.ofConfined()) {
            logits = Npy.read(folder.resolve("out/result.npy"), arena).data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
        int vocabulary = logits.length / prompt.length();
        int best = 0;
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            int last = logits.length - vocabulary;
            best = logits[last + i] > logits[last + best] ? i : best;
            sum += Math.exp(logits[last + i]);
        }
        double likeliest = Math.exp(logits[logits.length - vocabulary + best]) / sum;
        JsonNode first = predicted.get("top").get(0);
        assertThat(first.get("id").asInt()).isEqualTo(best);
        assertThat(first.get("probability").asDouble()).isCloseTo(likeliest, offset(1e-4));
    }

    private static String ids(Path run, String prompt) throws IOException {
        JsonNode tokenizer =
                new ObjectMapper().readTree(run.resolve("weft-tokenizer.json").toFile());
        String characters = tokenizer.findValue("characters").asText();
        List<String> ids = new ArrayList<>();
        prompt.codePoints().forEach(c -> ids.add(String.valueOf(characters.indexOf(c))));
        return String.join(",", ids);
    }

    /** Nats of a character if only their frequencies are known. */
    private static double unigram(String text) {
        double nats = 0;
        for (long count : text.codePoints()
                .boxed()
                .collect(Collectors.groupingBy(c -> c, Collectors.counting()))
                .values()) {
            nats -= count * Math.log((double) count / text.length());
        }
        return nats / text.length();
    }

    @Test
    void theClassifierTellsStripesFromBlobs() throws IOException {
        Files.createDirectories(folder.resolve("images"));
        writeImages();

        JsonNode trained = json(weft(
                "train",
                model("convolution"),
                "--data",
                folder.resolve("images").toString(),
                "--set",
                "size=" + SIDE + ",channels=4",
                "--steps",
                "80",
                "--lr",
                "0.02",
                "--eval-every",
                "80",
                "--out",
                folder.resolve("run").toString(),
                "--json"));

        assertThat(trained.get("val_loss").asDouble()).isLessThan(0.5 * Math.log(3));
        assertThat(Run.weft("generate", folder.resolve("run").toString()).err()).contains("takes no text", "weft run");
        Run missing = Run.weft(
                "train",
                model("convolution"),
                "--data",
                folder.resolve("images/image.npy").toString());
        assertThat(missing.err())
                .contains("data: has no label; the loss of convolution takes image: f32[B, size, size], label");
        Run elsewhere = Run.weft(
                "train",
                model("convolution"),
                "--data",
                folder.resolve("nowhere").toString());
        assertThat(elsewhere.err()).contains("there is no such file or folder");
    }

    /** Upright stripes are class 0, lying ones 1, a bright spot 2; all under noise. Labels are i64, as NumPy makes them. */
    private void writeImages() {
        SplittableRandom random = new SplittableRandom(7);
        float[] images = new float[IMAGES * SIDE * SIDE];
        long[] labels = new long[IMAGES];
        for (int image = 0; image < IMAGES; image++) {
            int label = random.nextInt(3);
            labels[image] = label;
            double phase = random.nextDouble(2 * Math.PI);
            double row = random.nextDouble(2, SIDE - 2);
            double column = random.nextDouble(2, SIDE - 2);
            for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
                int y = pixel / SIDE;
                int x = pixel % SIDE;
                double far = (y - row) * (y - row) + (x - column) * (x - column);
                double value =
                        switch (label) {
                            case 0 -> Math.sin(1.6 * x + phase);
                            case 1 -> Math.sin(1.6 * y + phase);
                            default -> 2 * Math.exp(-far / 4) - 0.5;
                        };
                images[image * SIDE * SIDE + pixel] = (float) (value + 0.4 * random.nextGaussian());
            }
        }
        Npy.write(folder.resolve("images/image.npy"), Tensor.of(images, IMAGES, SIDE, SIDE));
        Tensor wide = new Tensor(TensorType.of(ElementType.I64, IMAGES), MemorySegment.ofArray(labels));
        Npy.write(folder.resolve("images/label.npy"), wide);
    }

    @Test
    void aConstantThatIsNoPairIsAnsweredWithHowOneIsWritten() {
        assertThat(Run.weft("train", model("mixer"), "--set", "width", "32").err())
                .contains("--set takes NAME=VALUE, such as width=4")
                .doesNotContain("KEY");
        assertThat(Run.weft("train", model("mixer"), "--lr", "fast").err())
                .contains("--lr: must be a number, got fast");
    }

    @Test
    void aModelWithoutACacheGeneratesToo() throws IOException {
        Path model = Files.writeString(folder.resolve("plain.weft"), """
                import nn

                model Plain(width = 8, context = 8, vocab = 256) {
                    embed: nn.Embedding(vocab, width)
                    head: nn.Linear(width, vocab)

                    fn logits(tokens: i32[B, T]) -> f32[B, T, vocab] where T > 0 = head(cumsum(embed(tokens), 1))

                    fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[]) where T > 0 =
                        (sum(nn.cross_entropy(logits(tokens), targets) * weight), sum(weight))
                }
                """);
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat;\n".repeat(20));
        Path run = folder.resolve("run");
        weft("train", model.toString(), "--data", text.toString(), "--steps", "2", "--out", run.toString());

        Run written = weft("generate", run.toString(), "--prompt", "the", "--max-tokens", "20");

        assertThat(written.out()).startsWith("the").hasSizeGreaterThan(20);
        assertThat(written.err()).contains("keeps no cache");
    }
}
