package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights, tokenizers and programs that are damaged, as the commands meet them: exit code 1, the file's name, no stack trace. */
class BadFilesTest {

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void trainOnce() throws IOException {
        Path text = Files.writeString(shared.resolve("text.txt"), "the cat sat on the mat\n".repeat(20));
        Run run = Run.weft(
                "train",
                "gpt",
                "--backend",
                "reference",
                "--tokenizer",
                "char",
                "--batch",
                "2",
                "--steps",
                "1",
                "--set",
                "layers=1,heads=2,width=4,context=4",
                "--data",
                text.toString(),
                "--out",
                shared.resolve("run").toString());
        assertThat(run.code()).as(run.err()).isZero();
    }

    private Path model() throws IOException {
        Path model = folder.resolve("model");
        try (Stream<Path> files = Files.walk(shared.resolve("run"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = model.resolve(shared.resolve("run").relativize(file));
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        return model;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                arguments("model.safetensors", "empty", new byte[0], "is not a .safetensors file"),
                arguments("model.safetensors", "foreign", ascii("GGUF, of another project"), "safetensors"),
                arguments("model.safetensors", "a header beyond the file", header(60_000_000, 64), "is truncated"),
                arguments("model.safetensors", "no tensors", header(2, 10), "is missing"),
                arguments("weft-tokenizer.json", "empty", new byte[0], "must hold a JSON object"),
                arguments("weft-tokenizer.json", "not text", new byte[] {'{', (byte) 0xff, '}'}, "must be UTF-8 text"),
                arguments("weft-tokenizer.json", "another kind", ascii("{\"kind\":\"words\"}"), "kind must be"),
                arguments("weft-tokenizer.json", "deep", ascii("[".repeat(100_000)), "must hold a JSON object"),
                arguments("config.json", "cut", ascii("{\"a\": "), "must hold a JSON object"));
    }

    /** A file of {@code size} bytes that says that its header has {@code length}; a short one is empty JSON. */
    private static byte[] header(long length, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) (length >>> 8 * i);
        }
        Arrays.fill(bytes, 8, size, (byte) ' ');
        bytes[8] = '{';
        bytes[9] = '}';
        return bytes;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("damages")
    void aDamagedModelIsRefusedWithItsFile(String file, String damage, byte[] content, String said) throws IOException {
        Path model = model();
        Files.write(model.resolve(file), content);

        Run run = Run.in(folder, "predict", model.toString(), "--prompt", "the", "--backend", "reference");

        assertThat(run.code()).as(damage + ": " + run.err()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: ").contains(said).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aProgramThatIsNoTextIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("x.weft"), new byte[] {'f', 'n', (byte) 0xfe, 0});

        Run run = Run.in(folder, "check", file.toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).isEqualTo("error: " + file + ": must be UTF-8 text\n");
    }

    @Test
    void aPromptThatCannotBeSpelledIsRefused() throws IOException {
        Run run = Run.in(folder, "predict", model().toString(), "--prompt", "Ω", "--backend", "reference");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("the vocabulary has no character U+03A9");
    }
}
