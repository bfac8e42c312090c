package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes that find a driver of no use: commands that look at the machine say so and end well. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class NoGpuTest {
    private static final String EMPTY = """
            7f454c4602010100000000000000000003003e0001000000000000000000000040000000000000000000000000000000
            000000004000380003004000000000000100000007000000000000000000000000000000000000000000000000000000
            7201000000000000720100000000000000100000000000000200000007000000e800000000000000e800000000000000
            e80000000000000060000000000000006000000000000000080000000000000051e57464060000000000000000000000
            000000000000000000000000000000000000000000000000000000000000000010000000000000000400000000000000
            600100000000000005000000000000007001000000000000060000000000000048010000000000000a00000000000000
            02000000000000000b000000000000001800000000000000000000000000000000000000000000000000000000000000
            00000000000000000000000000000000010000000100000000000000000000000000
            """;

    @TempDir
    private Path folder;

    private Run weft(String... arguments) throws IOException, InterruptedException {
        return on("", arguments);
    }

    /** @param described the GPU that is described in place of the machine's; none if it is empty */
    private Run on(String described, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dweft.cuda.described=" + described,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        int code = builder.start().waitFor();
        return new Run(code, Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    @Test
    void anEmptyDriverIsASentence() throws IOException, InterruptedException {
        Files.write(folder.resolve("libcuda.so.1"), emptyLibrary());
        String sentence = "cuda backend: it needs NVIDIA's driver, but the libcuda.so.1 here has no functions";

        Run backends = weft("backends", "--json");
        assertThat(backends.code()).as(backends.err()).isZero();
        assertThat(backends.out()).contains(sentence);
        Run doctor = weft("doctor");
        assertThat(doctor.code()).as(doctor.err()).isZero();
        assertThat(doctor.out()).contains("backend cuda, score 0: " + sentence);
        Run run = weft("compile", "mlp", "--entry", "scores", "--dim", "B=2", "--backend", "cuda");
        assertThat(run.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(run.err()).contains(sentence).doesNotContain("\tat ");
    }

    @Test
    void aTextIsNoDriver() throws IOException, InterruptedException {
        Files.write(folder.resolve("libcuda.so.1"), "no library".getBytes(StandardCharsets.US_ASCII));

        Run backends = weft("backends", "--json");
        assertThat(backends.code()).as(backends.err()).isZero();
        assertThat(backends.out()).contains("libcuda.so.1 cannot be loaded; install the driver again");
        assertThat(backends.err()).doesNotContain("warning");
    }

    /** A product is made by cuBLASLt: the program needs no compiler, which this machine need not have. */
    @Test
    void aProgramCompiledForAGpuRunsOnNoOther() throws IOException, InterruptedException {
        Path program = Files.writeString(folder.resolve("product.weft"), """
                model Product() {
                    fn product(x: f32[B, 4], y: f32[4, 2]) -> f32[B, 2] = x @ y
                }
                """);
        String file = folder.resolve("product.weftc").toString();
        Run compile = on(
                "H200",
                "compile",
                program.toString(),
                "--entry",
                "product",
                "--dim",
                "B=3",
                "--backend",
                "cuda",
                "-o",
                file);
        assertThat(compile.code()).as(compile.err()).isZero();
        Files.write(folder.resolve("libcuda.so.1"), emptyLibrary());

        Run here = weft("run", file, "--entry", "product", "--input", "x=1", "--input", "y=1");
        Run older = on("A100", "run", file, "--entry", "product", "--input", "x=1", "--input", "y=1");
        Run same = on("H200", "run", file, "--entry", "product", "--input", "x=1", "--input", "y=1");

        assertThat(here.code()).as(here.err()).isEqualTo(ExitCode.MACHINE);
        assertThat(here.err())
                .contains("cuda backend: it needs NVIDIA's driver")
                .doesNotContain("\tat ");
        assertThat(older.code()).as(older.err()).isEqualTo(ExitCode.MACHINE);
        assertThat(older.err())
                .contains("was compiled for sm_90a, and this device (A100) is sm_80; compile it on this machine")
                .doesNotContain("\tat ");
        assertThat(same.code()).as(same.err()).isZero();
    }

    /** A shared library that can be loaded and exports nothing: headers, a dynamic section, and empty tables. */
    private static byte[] emptyLibrary() {
        return HexFormat.of().parseHex(EMPTY.replaceAll("\\s", ""));
    }
}
