package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with the inputs of {@code run} is said in a sentence, with the exit code of whose turn it is. */
class RunBadInputTest {

    @TempDir
    Path folder;

    private String file = "";

    @BeforeEach
    void aProgram() throws IOException {
        file = Files.writeString(folder.resolve("scale.weft"), """
                        model Scale(width = 3) {
                            fn apply(x: f32[B, width], add: f32[] = 0) -> f32[B, width] = x + add
                            fn pick(table: f32[N], at: i32[K]) -> f32[K] = table[at]
                            fn both(c: bool[N], x: f32[N]) -> f32[N] = where(c, x, 0)
                        }
                        """).toString();
    }

    private Run run(String entry, String... more) {
        List<String> words = new ArrayList<>(List.of("run", file, "--entry", entry, "--backend", "reference"));
        words.addAll(List.of(more));
        return Run.weft(words.toArray(String[]::new));
    }

    private void refused(Run run, int code, String... parts) {
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("error: ").contains(parts);
        assertThat(run.code()).as(run.err()).isEqualTo(code);
    }

    private String npy(String header, byte... data) throws IOException {
        String padded = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteBuffer bytes =
                ByteBuffer.allocate(10 + padded.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0);
        bytes.putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .put(data);
        Path path = folder.resolve("x.npy");
        Files.write(path, bytes.array());
        return "x=@" + path;
    }

    @Test
    void anInputWithoutAValueIsAWrongCommandLine() {
        refused(run("apply", "--dim", "B=1", "--input", "x"), ExitCode.USAGE, "--input");
    }

    @Test
    void anUnknownInputIsAnsweredWithThoseThatThereAre() {
        refused(
                run("apply", "--dim", "B=1", "--input", "x=1", "--input", "y=1"),
                ExitCode.USER,
                "entry apply: has no parameter y, it has add, x");
    }

    @Test
    void anInputOfAnotherKindIsRefused() throws IOException {
        Path x = folder.resolve("x.npy");
        Npy.write(x, Tensor.of(new int[] {1, 2, 3}, 1, 3));
        refused(run("apply", "--input", "x=@" + x), ExitCode.USER, "input x: must be f32[1:B,3], got i32[1,3]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void anIndexOutsideItsTableNamesItsInput(String backend) {
        String small = "layers=1,heads=2,width=8,context=8,vocab=17";
        refused(
                Run.weft(("run gpt --entry logits --dim B=1,T=4 --input tokens=1,2,3,99 --backend " + backend
                                + " --set " + small)
                        .split(" ")),
                ExitCode.USER,
                "gather: index must be in 0..16, got 99 (index from tokens, table f32[17,8])");
    }

    @Test
    void anInputOfAnotherRankIsRefused() {
        Path x = folder.resolve("x.npy");
        Npy.write(x, Tensor.of(new float[] {1, 2, 3}, 3));
        refused(
                run("apply", "--dim", "B=1", "--input", "x=@" + x),
                ExitCode.USER,
                "input x: must be f32[1:B,3], got f32[3]");
    }

    @Test
    void aFileThatIsNoNpyIsRefused() throws IOException {
        Path x = Files.writeString(folder.resolve("x.npy"), "1,2,3\n");
        refused(run("apply", "--input", "x=@" + x), ExitCode.USER, x.toString());
    }

    @Test
    void aFileThatEndsTooEarlyIsRefused() throws IOException {
        String x = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }", new byte[8]);
        refused(run("apply", "--input", x), ExitCode.USER, "x.npy");
    }

    @Test
    void aFileThatPromisesMoreThanThereIsAllocatesNothing() throws IOException {
        String x = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000, 3), }", new byte[12]);
        refused(run("apply", "--input", x), ExitCode.USER, "x.npy");
    }

    @Test
    void objectsAreRefused() throws IOException {
        String x = npy("{'descr': '|O', 'fortran_order': False, 'shape': (1, 3), }", new byte[24]);
        refused(run("apply", "--input", x), ExitCode.USER, "x.npy");
    }

    @Test
    void aFolderIsNoTensor() {
        refused(
                run("apply", "--input", "x=@" + folder),
                ExitCode.USER,
                "input x: must be a .npy or .safetensors file, got the folder " + folder);
    }

    @Test
    void tooFewNumbersAreCounted() {
        refused(
                run("apply", "--dim", "B=2", "--input", "x=1,2"),
                ExitCode.USER,
                "input x: must have 6 elements (f32[2:B,3]), got 2 numbers");
    }

    @Test
    void aFractionIsNoInteger() {
        refused(
                run("pick", "--dim", "N=3,K=1", "--input", "table=1", "--input", "at=0.5"),
                ExitCode.USER,
                "input at: must be of i32, got 0.5");
    }

    @Test
    void truthValuesAreWrittenAsSuch() {
        Run run = run("both", "--dim", "N=2", "--input", "c=true,false", "--input", "x=3");
        assertThat(run.out()).isEqualTo("both result : f32[2:N] = [3.0, 0.0]\n");
    }

    @Test
    void aSizeThatIsNoNumberIsAWrongCommandLine() {
        refused(run("apply", "--dim", "B=two", "--input", "x=1"), ExitCode.USAGE, "--dim", "two");
    }

    @Test
    void anOutputFolderThatIsAFileIsNamed() throws IOException {
        Path there = Files.writeString(folder.resolve("out"), "precious");
        Run run = run("apply", "--dim", "B=1", "--input", "x=1", "--output", there.toString());

        assertThat(run.code()).isIn(ExitCode.USER, ExitCode.MACHINE);
        assertThat(run.err()).contains(there.toString());
        assertThat(there).hasContent("precious");
    }

    @Test
    void aTensorThatASafetensorsFileLacksIsNamed() throws IOException {
        Path path = folder.resolve("x.safetensors");
        byte[] header =
                "{\"y\":{\"dtype\":\"F32\",\"shape\":[1,3],\"data_offsets\":[0,12]}}".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 12).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(path, bytes.putLong(header.length).put(header).array());

        refused(run("apply", "--dim", "B=1", "--input", "x=@" + path), ExitCode.USER, path.toString(), "x");
    }
}
