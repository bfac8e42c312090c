package dev.weft.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.SharedData;
import dev.weft.models.io.Hashes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
    void listsOfDocumentsAreTheirTexts() throws IOException {
        assertThat(Corpus.read(List.of(write("a.json", "[\"one\", {\"id\": {\"n\": [1]}, \"text\": \"two\"}]")))
                        .text())
                .isEqualTo("one\ntwo");
        assertThat(Corpus.read(List.of(
                                write("b.json", " [{\"n\": 1, \"text\": \"one\"}, \"two\\n\", \"\", \"three\"]")))
                        .text())
                .isEqualTo("one\ntwo\nthree");
        assertThat(Corpus.read(List.of(write("c.csv", "id,Text\r\n1,\"a \"\"b\"\",\nc\"\r\n\r\n2,d")))
                        .text())
                .isEqualTo("a \"b\",\nc\nd");
    }

    @Test
    void otherJsonAndCsvIsTextAsItIs() throws IOException {
        for (String text : List.of("{\"text\": \"a\"}", "[1, 2]", "[{\"txt\": \"a\"}]", "[", "[{\"text\": 1}]")) {
            assertThat(Corpus.read(List.of(write("x.json", text))).text()).isEqualTo(text);
        }
        for (String text : List.of("a,b\n1,2\n", "textual,b\n", "\"")) {
            assertThat(Corpus.read(List.of(write("x.csv", text))).text()).isEqualTo(text);
        }
    }

    @Test
    void anArchiveInAnArchiveIsReadToo() throws IOException {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(inner)) {
            out.putNextEntry(new ZipEntry("x.jsonl"));
            out.write("{\"text\": \"inside\"}".getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(inner.toByteArray());
        }
        Path zip = folder.resolve("x.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("a/y.zip.gz"));
            out.write(packed.toByteArray());
        }
        assertThat(Corpus.read(List.of(zip)).text()).isEqualTo("inside");
    }

    @Test
    void anArchiveThatWasMadeToFillADiskIsRefused() throws IOException {
        InputStream endless = new Budget("bomb.zip", 10).count(new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] to, int offset, int length) {
                return length;
            }
        });
        byte[] piece = new byte[1 << 20];
        for (int i = 0; i < 1 << 10; i++) {
            assertThat(endless.read(piece)).isEqualTo(piece.length);
        }
        assertThatThrownBy(() -> endless.read(piece))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("bomb.zip: an archive must unpack to at most 1073741824 bytes");
    }

    @Test
    void aLongStreamIsKeptInAFile() throws IOException {
        byte[] line = "the cat sat on the mat, and the dog did not.\n".getBytes(StandardCharsets.UTF_8);
        int lines = (1 << 24) / line.length + 1000;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < lines; i++) {
            bytes.write(line);
        }
        Corpus corpus = Corpus.read(new ByteArrayInputStream(bytes.toByteArray()), "standard input");
        assertThat(corpus.characters()).isEqualTo((long) lines * line.length);
        assertThat(corpus.fingerprint()).isEqualTo(Hashes.sha256(bytes.toString(StandardCharsets.UTF_8)));
        assertThat(corpus.text()).isEqualTo(bytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void charactersMayLieAcrossPieces() throws IOException {
        String text = "x" + "𝄞é€".repeat(20_000);
        Corpus corpus = Corpus.read(List.of(write("x.txt", text)));
        assertThat(corpus.text()).isEqualTo(text);
        assertThat(corpus.characters()).isEqualTo(60_001);
        assertThat(corpus.codePoints()).containsExactly('x', 'é', '€', 0x1d11e);
        assertThat(corpus.fingerprint()).isEqualTo(Hashes.sha256(text));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes[150_001] = (byte) 0xff;
        refused(
                Files.write(folder.resolve("y.txt"), bytes),
                "y.txt: must be UTF-8, got the byte 0xff at offset 150001");
    }

    @Test
    void documentsThatAreNoneAreNamed() throws IOException {
        refused(write("a.jsonl", "{\"text\": 1}"), "a.jsonl, line 1: must be an object with a string \"text\"");
        refused(write("b.jsonl", "{\"tokens\": [1, -1]}"), "line 1: tokens must be whole numbers from 0, got -1");
        refused(write("c.jsonl", "{\"tokens\": [1, 2.5]}"), "got 2.5");
        refused(write("d.jsonl", "{\"tokens\": [1, 2], \"weights\": [1]}"), "got 1 for 2 tokens");
        refused(write("e.jsonl", "{\"tokens\": [1], \"weights\": [-1]}"), "weights must be numbers from 0, got -1");
        refused(write("f.jsonl", "{\"tokens\": [1], \"weights\": 1}"), "weights must be a list of numbers");
        refused(write("g.json", "[\"a\", 1]"), "g.json, document 2: must be an object");
        refused(write("h.json", "[\"a\", "), "h.json: must hold a JSON array");
        refused(write("i.json", "[\"a\"] []"), "i.json: must hold one JSON array, and nothing after it");
        refused(write("j.csv", "text,b\nx\n"), "j.csv, record 2: must have 2 fields as the header has, got 1");
        refused(write("k.csv", "text\n\"x\n"), "k.csv, record 2: has a quote that is not closed");
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
