package dev.weft.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.SharedData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    @Test
    void theSplitCountsCharactersNotUnits() {
        Corpus corpus = Corpus.of("test", "𝄞".repeat(15));
        assertThat(corpus.characters()).isEqualTo(15);
        assertThat(corpus.training()).isEqualTo("𝄞".repeat(13));
        assertThat(corpus.validation()).isEqualTo("𝄞".repeat(2));
    }

    @Test
    void tinyshakespeareIsSplitWhereEveryoneSplitsIt() {
        Corpus corpus = Corpus.read(List.of(SharedData.file("tinyshakespeare.txt")));
        assertThat(corpus.training()).hasSize(1_003_854);
        assertThat(corpus.validation()).hasSize(111_540);
    }

    @Test
    void aFolderIsReadInTheOrderOfPathsWithoutHiddenAndBinaryFiles() throws IOException {
        write("b.txt", "two");
        write("a/z.md", "one\n");
        write("c.bin", "x\0y");
        write(".git/config", "hidden");
        write(".hidden", "hidden");
        write("d.txt", "");
        Corpus corpus = Corpus.read(List.of(folder));
        assertThat(corpus.text()).isEqualTo("one\ntwo");
        assertThat(corpus.files()).isEqualTo(3);
        assertThat(corpus.skippedHidden()).isEqualTo(2);
        assertThat(corpus.skippedBinary()).isEqualTo(1);
    }

    @Test
    void aZipIsReadLikeAFolder() throws IOException {
        Path zip = folder.resolve("x.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("b.txt", "a/c.txt", ".hidden/x", "bin")) {
                out.putNextEntry(new ZipEntry(name));
                out.write((name.equals("bin") ? "\0" : name).getBytes(StandardCharsets.UTF_8));
            }
        }
        Corpus corpus = Corpus.read(List.of(zip));
        assertThat(corpus.text()).isEqualTo("a/c.txt\nb.txt");
        assertThat(corpus.skippedHidden()).isEqualTo(1);
        assertThat(corpus.skippedBinary()).isEqualTo(1);
    }

    @Test
    void aGzipIsWhatIsInside() throws IOException {
        Path path = folder.resolve("x.jsonl.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write("{\"text\": \"a\\nb\"}\n\n{\"text\": \"c\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Corpus.read(List.of(path)).text()).isEqualTo("a\nb\nc");
    }

    @Test
    void aStreamIsReadToItsEnd() {
        byte[] bytes = "\ufeffnaïve".getBytes(StandardCharsets.UTF_8);
        assertThat(Corpus.read(new ByteArrayInputStream(bytes), "standard input")
                        .text())
                .isEqualTo("naïve");
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        refused(folder.resolve("missing"), "missing: there is no such file");
        refused(write("empty.txt", ""), "empty.txt: is empty");
        refused(write("binary.txt", "a\0b"), "binary.txt: is binary");
        refused(Files.createDirectory(folder.resolve("none")), "has no text");
        refused(
                Files.write(folder.resolve("latin.txt"), new byte[] {'n', 'a', (byte) 0xef, 'v', 'e'}),
                "latin.txt: must be UTF-8, got the byte 0xef at offset 2");
        refused(Files.write(folder.resolve("cut.txt"), new byte[] {'n', (byte) 0xc3}), "at offset 1");
        refused(
                write("x.jsonl", "{\"text\": \"a\"}\n{\"txt\": 1}\n"),
                "x.jsonl, line 2: must be an object with a string");
        refused(write("y.jsonl", "{\"text\": \n"), "y.jsonl, line 1: must hold a JSON object");
        refused(write("x.gz", "plain"), "x.gz: is a damaged gzip file");
        refused(write("x.zip", "plain"), "x.zip: is empty or not a zip");
    }

    @Test
    void aTruncatedGzipIsDamaged() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write("text text text".getBytes(StandardCharsets.UTF_8));
        }
        byte[] half = Arrays.copyOf(bytes.toByteArray(), bytes.size() / 2);
        refused(Files.write(folder.resolve("x.gz"), half), "ends too early");
    }

    @Test
    void theShippedCorpusIsThisProject() {
        Corpus corpus = Corpus.shipped();
        assertThat(corpus.text()).contains("class Corpus").contains("Every target of a text once");
        assertThat(corpus.characters()).isGreaterThan(100_000);
    }

    private static void refused(Path path, String why) {
        assertThatThrownBy(() -> Corpus.read(List.of(path)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(why);
    }
}
