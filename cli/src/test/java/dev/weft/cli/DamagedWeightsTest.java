package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders of others whose weights are damaged: a sentence with the file and the tensor, exit code 1, and nothing written. */
class DamagedWeightsTest {

    private static final String CONFIG =
            "{\"model_type\": \"gpt2\", \"n_layer\": 0, \"n_head\": 1, \"n_embd\": 2, \"n_positions\": 2, \"vocab_size\": 3}";
    private static final String EMBEDDING = entry("wte.weight", "F32", "[3,2]", "[0,24]");
    private static final String POSITION = entry("wpe.weight", "F32", "[2,2]", "[24,40]");
    private static final String SCALE = entry("ln_f.weight", "F32", "[2]", "[40,48]");
    private static final String BIAS = entry("ln_f.bias", "F32", "[2]", "[48,56]");

    @TempDir
    private Path folder;

    private static String entry(String name, String dtype, String shape, String offsets) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}".formatted(name, dtype, shape, offsets);
    }

    private Path model(String header, int bytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        file.writeBytes(json);
        file.writeBytes(new byte[bytes]);
        return model(file.toByteArray());
    }

    private Path model(byte[] weights) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), CONFIG);
        Files.write(model.resolve("model.safetensors"), weights);
        return model;
    }

    private static String header(String... entries) {
        return "{" + String.join(",", entries) + "}";
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                arguments(header(EMBEDDING, POSITION, SCALE, BIAS), 40, "is truncated; ln_f.weight ends at byte 48"),
                arguments(header(EMBEDDING, POSITION, SCALE, BIAS), 60, "has 4 bytes after its last tensor"),
                arguments(
                        header(EMBEDDING, entry("wpe.weight", "F32", "[2,2]", "[16,32]"), SCALE, BIAS),
                        56,
                        "wpe.weight must begin where wte.weight ends, at byte 24 of the data, got 16"),
                arguments(
                        header(EMBEDDING, entry("wpe.weight", "F32", "[2,2]", "[-24,-8]"), SCALE, BIAS),
                        56,
                        "wpe.weight: sizes and offsets must be whole numbers from 0"),
                arguments(
                        header(EMBEDDING, POSITION, SCALE, entry("ln_f.bias", "F32", "[2]", "[1000,1008]")),
                        56,
                        "ln_f.bias ends at byte 1008 of the data, of which there are 56"),
                arguments(
                        header(entry("wte.weight", "BF16", "[3,2]", "[0,24]"), POSITION, SCALE, BIAS),
                        56,
                        "wte.weight: data_offsets must span the 12 bytes of bf16[3,2], got [0, 24]"),
                arguments(header(EMBEDDING, EMBEDDING), 24, "Duplicate field 'wte.weight'"),
                arguments("{\"wte.weight\": ", 0, "header: must hold a JSON object"),
                arguments(header(EMBEDDING, POSITION, SCALE), 48, "ln_f.bias is missing"),
                arguments(
                        header(entry("wte.weight", "F32", "[2,3]", "[0,24]"), POSITION, SCALE, BIAS),
                        56,
                        "wte.weight must give embed.weight [f32[3,2]], got [f32[2,3]]"),
                arguments(
                        header(EMBEDDING, POSITION, SCALE, BIAS, entry("odd", "F32", "[1]", "[56,60]")),
                        60,
                        "odd has no name in the program"));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedHeaderIsNamed(String header, int bytes, String said) throws IOException {
        assertRefused(model(header, bytes), said);
    }

    private void assertRefused(Path model, String said) throws IOException {
        Run run = Run.in(
                folder, "import", model.toString(), "-o", folder.resolve("run").toString());

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .startsWith("error: ")
                .contains("model.safetensors", said)
                .doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(model);
        }
    }

    @Test
    void aLengthBeyondTheFileIsNamed() throws IOException {
        byte[] bytes = new byte[64];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(5_000);
        assertRefused(model(bytes), "is truncated; its header needs 5008 bytes, the file has 64");
    }

    @Test
    void whatIsNotDamagedIsImported() throws IOException {
        Path model = model(header(EMBEDDING, POSITION, SCALE, BIAS), 56);
        Run run = Run.in(
                folder, "import", model.toString(), "-o", folder.resolve("run").toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("gpt, 4 tensors with 14 parameters in 56 bytes");
    }
}
