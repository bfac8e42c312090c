package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerCommandTest {

    @TempDir
    Path folder;

    private Path text() throws IOException {
        return Files.writeString(
                folder.resolve("text.txt"), "the cat sat on the mat; the dog sat on the log.\n".repeat(20));
    }

    private JsonNode train(String out, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "tokenizer", "train", "--vocab-size", "270", "--data", text().toString(), "--json", "-o", place(out)));
        words.addAll(List.of(more));
        Run run = Run.in(folder, words.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }

    private String place(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void threadsAndFormatsDoNotMatter() throws IOException {
        JsonNode one = train("one.json", "--threads", "1");
        JsonNode two = train("two.json", "--threads", "2");
        train("words", "--pattern", "gpt2");
        train("ranks.tiktoken");

        assertThat(one.get("vocabulary").asInt()).isEqualTo(270);
        assertThat(one.get("bytes_per_token").asDouble())
                .isEqualTo(two.get("bytes_per_token").asDouble());
        assertThat(folder.resolve("one.json")).hasSameBinaryContentAs(folder.resolve("two.json"));
        assertThat(folder.resolve("words")).isDirectoryContaining("glob:**vocab.json");
        String ids = Run.in(folder, "tokenizer", "encode", place("one.json"), "--text", "the cat")
                .out();
        assertThat(Run.in(folder, "tokenizer", "encode", place("ranks.tiktoken"), "--text", "the cat")
                        .out())
                .isEqualTo(ids);
    }

    @Test
    void anyFileIsDecodedToItsBytes() throws IOException {
        byte[] bytes = {'a', (byte) 0xff, 0, (byte) 0xe2, (byte) 0x82, '\n', (byte) 0xc3};
        Path file = Files.write(folder.resolve("bytes"), bytes);

        Run run = Run.in(folder, "tokenizer", "encode", "gpt2", "--file", file.toString());
        Path ids = Files.writeString(folder.resolve("ids"), run.out());
        Run back = Run.in(folder, "tokenizer", "decode", "gpt2", "--file", ids.toString(), "--json");

        assertThat(back.code()).as(back.err()).isZero();
        assertThat(new ObjectMapper().readTree(back.out()).get("bytes").asInt()).isEqualTo(bytes.length);
    }

    private void assertRefused(int code, String said, String... words) {
        Run run = Run.in(folder, words);
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        assertThat(run.err()).startsWith("error: ").contains(said).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void whatCannotBeDoneIsSaid() throws IOException {
        String text = text().toString();
        String empty = Files.createFile(folder.resolve("empty.txt")).toString();
        String out = place("out");

        assertRefused(ExitCode.USAGE, "what to do must be given", "tokenizer");
        assertRefused(ExitCode.USAGE, "did you mean train?", "tokenizer", "trian");
        assertRefused(ExitCode.USAGE, "--vocab-size", "tokenizer", "train", "--data", text, "-o", out);
        assertRefused(
                ExitCode.USAGE,
                "vocabulary size: must be from 257",
                "tokenizer",
                "train",
                "--vocab-size",
                "256",
                "--data",
                text,
                "-o",
                out);
        assertRefused(
                ExitCode.USER,
                "is empty; a corpus must have text",
                "tokenizer",
                "train",
                "--vocab-size",
                "300",
                "--data",
                empty,
                "-o",
                out);
        assertRefused(
                ExitCode.USER,
                "split pattern: must be gpt2 or gpt4, got gpt5",
                "tokenizer",
                "train",
                "--vocab-size",
                "300",
                "--data",
                text,
                "-o",
                out,
                "--pattern",
                "gpt5");
        assertRefused(
                ExitCode.USER,
                "is there already",
                "tokenizer",
                "train",
                "--vocab-size",
                "300",
                "--data",
                text,
                "-o",
                text);
        assertRefused(ExitCode.USER, "must be char, gpt2, or a file or folder", "tokenizer", "info", "nowhere");
        assertRefused(ExitCode.USER, "is made of the text", "tokenizer", "encode", "char", "--text", "a");
        assertRefused(
                ExitCode.USAGE, "ID: must be a number from 0 to 50256, got x", "tokenizer", "decode", "gpt2", "x");
        assertRefused(ExitCode.USAGE, "from 0 to 50256, got 50257", "tokenizer", "decode", "gpt2", "50257");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void aRunKeepsItsTokenizerAndRefusesALargerOne() throws IOException {
        train("words.json");
        Run run = Run.in(
                folder,
                "train",
                "gpt",
                "--tokenizer",
                place("words.json"),
                "--data",
                text().toString(),
                "--steps",
                "1",
                "--batch",
                "2",
                "--set",
                "layers=1,heads=1,width=8,context=8",
                "--backend",
                "reference",
                "--out",
                place("run"));
        assertThat(run.code()).as(run.err()).isZero();

        assertThat(folder.resolve("run/tokenizer.json")).hasSameBinaryContentAs(folder.resolve("words.json"));
        Run eval = Run.in(
                folder,
                "eval",
                place("run"),
                "--data",
                text().toString(),
                "--tokenizer",
                place("words.json"),
                "--backend",
                "reference");
        assertThat(eval.code()).as(eval.err()).isZero();
        assertRefused(
                ExitCode.USER,
                "the tokenizer gpt2 does not match the model: it has 50257 ids, and the model's vocabulary (vocab) is 270",
                "predict",
                place("run"),
                "--prompt",
                "the",
                "--tokenizer",
                "gpt2",
                "--backend",
                "reference");
    }
}
