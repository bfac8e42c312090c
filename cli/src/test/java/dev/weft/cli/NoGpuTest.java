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
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
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

    /** A shared library that can be loaded and exports nothing: headers, a dynamic section, and empty tables. */
    private static byte[] emptyLibrary() {
        return HexFormat.of().parseHex(EMPTY.replaceAll("\\s", ""));
    }
}
