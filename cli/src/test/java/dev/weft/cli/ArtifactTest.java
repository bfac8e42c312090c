package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compiled program in a file runs where there is no compiler, and only where it can. */
class ArtifactTest {
    private static final String INPUT = "x=1";

    @TempDir
    private Path folder;

    private Path artifact = Path.of("");

    @BeforeEach
    void compile() {
        artifact = folder.resolve("mlp.weftc");
        Run run = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "scores",
                "--dim",
                "B=2",
                "--set",
                "features=4",
                "-o",
                artifact.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("next: ./weft run " + artifact);
    }

    private static String outputs(String json) {
        return json.substring(json.indexOf("\"outputs\""));
    }

    @Test
    void itComputesWhatTheProgramComputes() {
        Run program = Run.weft(
                "run",
                "mlp",
                "--entry",
                "scores",
                "--dim",
                "B=2",
                "--set",
                "features=4",
                "--input",
                INPUT,
                "--seed",
                "3",
                "--json");
        Run compiled =
                Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT, "--seed", "3", "--json");

        assertThat(compiled.code()).as(compiled.err()).isZero();
        assertThat(outputs(compiled.out())).isEqualTo(outputs(program.out())).contains("f32[2");
    }

    @Test
    void itRunsWithoutLlvmOnTheClassPath() throws IOException, InterruptedException {
        Run here = Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT, "--json");
        Run there =
                Run.withoutLlvm(folder, "run", artifact.toString(), "--entry", "scores", "--input", INPUT, "--json");

        assertThat(there.code()).as(there.err()).isZero();
        assertThat(there.out()).isEqualTo(here.out());
    }

    @Test
    void parametersOfARunTravelWithIt() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat\n".repeat(40));
        Path run = folder.resolve("run");
        Run trained = Run.weft(
                "train",
                "gpt",
                "--data",
                text.toString(),
                "--steps",
                "2",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--batch",
                "2",
                "--out",
                run.toString(),
                "-q");
        assertThat(trained.code()).as(trained.err()).isZero();
        Path file = folder.resolve("gpt.weftc");
        Run made = Run.weft(
                "compile",
                run.resolve("program/gpt.weft").toString(),
                "--entry",
                "logits",
                "--dim",
                "B=1,T=4",
                "--set",
                "cached=false,drop=0",
                "--from",
                run.toString(),
                "-o",
                file.toString());
        assertThat(made.code()).as(made.err()).isZero();

        Run one = Run.weft(
                "run", file.toString(), "--entry", "logits", "--input", "tokens=1,2,3,4", "--json", "--seed", "1");
        Run two = Run.weft(
                "run", file.toString(), "--entry", "logits", "--input", "tokens=1,2,3,4", "--json", "--seed", "2");
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(one.out()).as("nothing of it is made of the seed").isEqualTo(two.out());
    }

    @Test
    void whatIsNotInItIsASentence() {
        assertThat(Run.weft("run", artifact.toString(), "--entry", "loss").err())
                .contains("entry loss: is not in", "it has scores");
        assertThat(Run.weft("run", artifact.toString(), "--entry", "scores", "--dim", "B=3", "--input", INPUT)
                        .code())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT, "--probe", "first")
                        .err())
                .contains("has no graph");
        assertThat(Run.weft("run", folder.resolve("none.weftc").toString(), "--entry", "scores")
                        .err())
                .contains("there is no such file");
    }

    /** The names of instructions lie in the file as text; its checksum is made right again. */
    @Test
    void aProcessorWithoutItsInstructionsIsASentence() throws IOException {
        byte[] bytes = Files.readAllBytes(artifact);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (String name : List.of("sse4_2", "asimd")) {
            int at = text.indexOf(name);
            if (at > 0) {
                bytes[at] = 'q';
            }
        }
        Files.write(artifact, checked(bytes));

        Run run = Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT);

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.err()).contains("was made for a processor with q", "compile it on this machine");
    }

    @Test
    void anotherVersionIsASentence() throws IOException {
        byte[] bytes = Files.readAllBytes(artifact);
        bytes[7] = 2;
        Files.write(artifact, checked(bytes));

        assertThat(Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT)
                        .err())
                .contains("is of version 2", "compile the program again");
    }

    private static byte[] checked(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, bytes.length - 4);
        java.nio.ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) sum.getValue());
        return bytes;
    }

    @Test
    void anAlteredFileIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(artifact);
        long seed = 4;
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            byte[] edited = ByteEdits.edited(whole, random);
            if (Arrays.equals(edited, whole)) {
                continue;
            }
            Files.write(artifact, edited);
            Run run = Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT);
            assertThat(run.code())
                    .as("seed %d, round %d: %s", seed, round, run.err())
                    .isEqualTo(ExitCode.USER);
            assertThat(run.err()).as("seed %d, round %d", seed, round).startsWith("error: " + artifact);
        }
    }

    /** Also what is altered with care: the content is looked at, and never trusted to be what it was. */
    @Test
    void anAlteredFileWithARightChecksumIsNoDefect() throws IOException {
        byte[] whole = Files.readAllBytes(artifact);
        int header = 12 + java.nio.ByteBuffer.wrap(whole).getInt(8);
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            byte[] edited = whole.clone();
            edited[random.nextInt(header)] ^= (byte) (1 + random.nextInt(255));
            Files.write(artifact, checked(edited));
            Run run = Run.weft("run", artifact.toString(), "--entry", "scores", "--input", INPUT);
            assertThat(run.code())
                    .as("seed %d, round %d: %s", seed, round, run.err())
                    .isIn(ExitCode.DONE, ExitCode.USER, ExitCode.MACHINE);
        }
    }
}
