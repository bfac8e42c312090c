package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weft.graph.UserException;
import dev.weft.models.ShippedPrograms;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tokenizer.CharTokenizer;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files with random bytes edited end in a result or in exit code 1: no defect, no hang, no allocation that the file's size does not
 * justify. {@code -Dweft.seed=N} repeats a run, {@code -Dweft.slow=true} does 10,000 edits of each kind of file.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {

    private static final long SEED = Long.getLong("weft.seed", 3);
    private static final boolean SLOW = Boolean.getBoolean("weft.slow");

    /** Bytes of Java's heap for a file of no size, and further ones for each byte of it. */
    private record Allowance(long fixed, long perByte) {
        long of(long bytes) {
            return fixed + perByte * bytes;
        }
    }

    /** Reads what is in a file; whatever it throws is reported as the command reports it. */
    private interface Reader {
        void read() throws IOException;
    }

    @TempDir
    private Path folder;

    private void fuzz(Path file, int edits, Allowance allowance, Reader reader) throws IOException {
        byte[] original = Files.readAllBytes(file);
        reader.read(); // whole, it is read; classes are loaded, which allocates
        Random random = new Random(SEED ^ file.getFileName().hashCode());
        int count = SLOW ? 10_000 : edits;
        int refused = 0;
        long most = 0;
        for (int i = 0; i < count; i++) {
            byte[] bytes = ByteEdits.edited(original, random);
            Files.write(file, bytes);
            String which = "seed %d, edit %d of %s".formatted(SEED, i, file.getFileName());
            long before = allocated();
            int code = code(reader, which);
            long allocated = allocated() - before;
            assertThat(allocated).as(which + ": bytes allocated").isLessThan(allowance.of(bytes.length));
            most = Math.max(most, allocated);
            refused += code;
        }
        System.out.printf(
                "%s, %d bytes: %d edits (seed %d), %d refused, at most %d KiB allocated%n",
                file.getFileName(), original.length, count, SEED, refused, most >> 10);
        assertThat(refused).isPositive().isLessThanOrEqualTo(count);
    }

    private int code(Reader reader, String which) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            reader.read();
            return ExitCode.DONE;
        } catch (Exception | StackOverflowError | OutOfMemoryError failure) {
            PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
            int code = Failures.report(failure, List.of(), Terminal.plain(stream, stream, folder));
            assertThat(code).as("%s: %s", which, said).isEqualTo(ExitCode.USER);
            return code;
        }
    }

    /** By all threads: deep work is done on threads of its own. */
    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "llama", "mlp", "nn", "adamw", "schedules", "train"})
    void modelFiles(String program) throws IOException {
        Path file = folder.resolve(program + ".weft");
        Files.writeString(file, ShippedPrograms.shipped(program).orElseThrow().text());

        // The file is checked, and once more for each of at most 16 edits that are offered, to be sure that they
        // compile.
        Allowance check = new Allowance(4 << 20, 1_000);
        Allowance checks = new Allowance(17 * check.fixed(), 17 * check.perByte());
        fuzz(file, 150, checks, () -> {
            Run run = Run.in(folder, "check", file.toString());
            if (run.code() != ExitCode.DONE) {
                assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.USER);
                assertThat(run.err()).contains("error");
                throw new UserException(run.err());
            }
        });
    }

    @Test
    void tensorFiles() throws IOException {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 6; i++) {
            tensors.put("blocks." + i + ".weight", Tensor.of(new float[] {i, 1, 2, 3, 4, 5}, 2, 3));
            tensors.put("blocks." + i + ".steps", Tensor.of(new int[] {i}));
        }
        Path file = folder.resolve("model.safetensors");
        SafeTensors.write(file, tensors, Map.of("format", "pt"));

        fuzz(file, 4_000, new Allowance(1 << 20, 200), () -> {
            try (SafeTensors read = SafeTensors.open(file)) {
                assertThat(read.tensors()).hasSameSizeAs(read.types());
            }
        });
    }

    @Test
    void arrays() throws IOException {
        Path file = folder.resolve("x.npy");
        Npy.write(file, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));

        fuzz(file, 1_500, new Allowance(1 << 20, 200), () -> {
            try (Arena arena = Arena.ofConfined()) {
                Tensor tensor = Npy.read(file, arena);
                assertThat(tensor.data().byteSize()).isEqualTo(tensor.type().bytes());
            }
        });
    }

    @Test
    void characterTokenizers() throws IOException {
        CharTokenizer.of("the quick brown fox\njumps over the lazy dog; ÄÖÜ \uD83D\uDE00")
                .save(folder);

        fuzz(folder.resolve("weft-tokenizer.json"), 1_500, new Allowance(1 << 20, 1_000), this::useTokenizer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "merges.txt"})
    void bytePairTokenizers(String file) throws IOException {
        List<String> pieces = new ArrayList<>(
                IntStream.range('!', '~').mapToObj(Character::toString).toList());
        List<String> merges = List.of("t h", "th e", "Ġ the", "a n", "an d");
        pieces.addAll(List.of("Ġ", "th", "the", "Ġthe", "an", "and", "<|endoftext|>"));
        Files.writeString(
                folder.resolve("vocab.json"),
                IntStream.range(0, pieces.size())
                        .mapToObj(id -> JsonText.of(pieces.get(id)) + ":" + id)
                        .collect(Collectors.joining(",", "{", "}")));
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\n" + String.join("\n", merges) + "\n");

        fuzz(folder.resolve(file), 1_000, new Allowance(1 << 20, 1_000), this::useTokenizer);
    }

    private void useTokenizer() {
        Tokenizer tokenizer = Tokenizers.load(folder);
        assertThat(tokenizer.fingerprint()).isNotEmpty();
        int[] all = IntStream.range(0, tokenizer.vocabularySize()).toArray();
        assertThat(tokenizer.decode(all)).isNotNull();
        assertThat(tokenizer.encode("the")).isNotEmpty();
    }

    @Test
    void theLengthOfAHeaderIsNotBelieved() throws IOException {
        Path file = folder.resolve("long.safetensors");
        byte[] bytes = new byte[64];
        for (long length : new long[] {-1, Long.MAX_VALUE, 99_999_999, 57, 0}) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
            Files.write(file, bytes);
            long before = allocated();

            assertThat(code(() -> SafeTensors.open(file).close(), "length " + length))
                    .isEqualTo(ExitCode.USER);
            assertThat(allocated() - before).as("length " + length).isLessThan(1 << 20);
        }
    }
}
