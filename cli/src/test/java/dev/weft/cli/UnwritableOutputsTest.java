package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be written is said in one sentence, and nothing is left of it; what was there is as it was. */
class UnwritableOutputsTest {

    @TempDir
    static Path folder;

    @BeforeAll
    static void make() throws IOException {
        Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat; the dog sat.\n".repeat(20));
        Files.writeString(folder.resolve("file"), "a file\n");
        Files.createDirectory(folder.resolve("place"));
        Files.createDirectory(folder.resolve("place.svg"));
        Run run = run(
                "train gpt --quiet --set layers=1,heads=2,width=8,context=16 --batch 2 --steps 2 --data DIR/text.txt"
                        + " --out DIR/run");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run("compress DIR/run DIR/text.txt DIR/text.weftz").code()).isZero();
    }

    private static Run run(String words) {
        return Run.weft(Arrays.stream(words.split(" "))
                .map(word -> word.replace("DIR", folder.toString()))
                .toArray(String[]::new));
    }

    private static List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).sorted().toList();
        }
    }

    private static void refused(String words, String what) throws IOException {
        List<String> before = files();
        Run run = run(words);

        assertThat(run.code()).as(words + "\n" + run.err()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains(what);
        assertThat(run.err().lines().filter(line -> line.startsWith("error:"))).hasSize(1);
        assertThat(files()).isEqualTo(before);
        assertThat(folder.resolve("file")).hasContent("a file\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict DIR/run --prompt the --html",
                "predict DIR/run --text DIR/text.txt --html",
                "compile mlp --entry scores --dim B=2 -o",
                "compile mlp --entry scores --dim B=2 --report",
                "compile mlp --entry scores --dim B=2 --dump-passes",
                "profile mlp --entry scores --dim B=2 --steps 1 --trace",
                "run mlp --entry scores --dim B=1 --input x=1 --output",
                "conformance --backend reference --only nothing --markdown",
                "compress DIR/run DIR/text.txt",
                "decompress DIR/run DIR/text.weftz",
                "export DIR/run -o",
                "tokenizer train --vocab-size 300 --data DIR/text.txt -o",
                "tokenizer convert gpt2 -o",
                "train gpt --set layers=1,heads=2,width=8,context=16 --steps 1 --data DIR/text.txt --out",
            })
    void aPlaceInAFileIsRefused(String words) throws IOException {
        refused(words + " DIR/file/out", ": cannot be written: " + folder.resolve("file"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eval DIR/run --data DIR/text.txt --by-position --plot",
                "plot DIR/run -o",
            })
    void aPictureInAFileIsRefused(String words) throws IOException {
        refused(words + " DIR/file/out.svg", ": cannot be written: " + folder.resolve("file"));
        refused(words + " DIR/place.svg", ": cannot be written: is a folder; name a file");
        refused(words + " DIR/absent/out.svg", ": cannot be written: there is no folder " + folder.resolve("absent"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict DIR/run --prompt the --html",
                "compile mlp --entry scores --dim B=2 -o",
                "compile mlp --entry scores --dim B=2 --report",
                "profile mlp --entry scores --dim B=2 --steps 1 --trace",
                "conformance --backend reference --only nothing --markdown",
                "compress DIR/run DIR/text.txt",
            })
    void aFolderInPlaceOfAFileIsRefused(String words) throws IOException {
        refused(words + " DIR/place", ": cannot be written: is a folder; name a file");
    }

    @Test
    void aPageThatIsThereStaysWhereTheWorkFails() throws IOException {
        Path page = Files.writeString(folder.resolve("page.html"), "of before");
        Run run = run("compile mlp --entry nothing --report DIR/page.html");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(page).hasContent("of before");
    }
}
