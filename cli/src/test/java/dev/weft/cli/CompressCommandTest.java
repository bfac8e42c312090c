package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.Evaluation;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.compress.Compression;
import dev.weft.models.compress.Compressor;
import dev.weft.models.data.Corpus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was compressed is restored, whatever it is, by the same model alone. */
class CompressCommandTest {

    private static final String TEXT = words(new Random(1), 900);

    @TempDir
    static Path folder;

    private static Path run = Path.of("");
    private static Path other = Path.of("");

    /** A text that no dictionary makes short: its words come in any order. */
    private static String words(RandomGenerator random, int count) {
        List<String> words =
                List.of("the cat", "sat on", "a dög", "the mat", "ate ✓", "lay by", "who saw", "then", "the log\n");
        return random.ints(count, 0, words.size()).mapToObj(words::get).collect(Collectors.joining(" "));
    }

    @BeforeAll
    static void train() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), TEXT);
        run = trained(text, "run", "1");
        other = trained(text, "other", "2");
    }

    private static Path trained(Path text, String name, String seed) {
        Path to = folder.resolve(name);
        Run training = Run.weft(
                ("train gpt --quiet --tokenizer char --set layers=1,heads=2,width=32,context=16 --batch 16 --steps 300 --lr 0.01 --seed "
                                + seed + " --data " + text + " --out " + to)
                        .split(" "));
        assertThat(training.code()).as(training.err()).isZero();
        return to;
    }

    @Test
    void aThousandFilesOfAnyKindReturnUnchanged() {
        long seed = 2026;
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        try (LoadedModel model = LoadedModel.open(run);
                Weft two = Weft.open(null, 2);
                Weft one = Weft.open(null, 1);
                Compressor withTwo = new Compressor(two, model, done -> {});
                Compressor withOne = new Compressor(one, model, done -> {});
                Compressor unpacking = new Compressor(one, model, done -> {})) {
            for (int i = 0; i < 1000; i++) {
                byte[] data = anything(random, i);
                // Threads of other processes in the way make two slow; which packs changes no bit.
                Compressor packing = i % 10 == 0 ? withTwo : withOne;
                Compression packed = packing.compress(data, OptionalInt.of(i < 950 ? 2 : 3));
                assertThat(unpacking.decompress(packed.file(), "file"))
                        .as("file %d, seed %d", i, seed)
                        .isEqualTo(data);
                assertThat(packed.file().length)
                        .as("file %d, seed %d: never much more than it was", i, seed)
                        .isLessThan(data.length + data.length / 8 + 180);
            }
        }
    }

    /** Ten megabytes of text take minutes; by default there are fewer. */
    private static final int LARGE = Boolean.getBoolean("weft.slow") ? 10_000_000 : 20_000;

    private static final int TEN_MEGABYTES = 10_000_000;

    @Test
    void largeFilesReturnUnchanged() {
        long seed = 10;
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(seed);
        byte[] runs = new byte[TEN_MEGABYTES];
        Arrays.fill(runs, (byte) 0xff);
        for (int at = 0; at < runs.length; at += random.nextInt(1, 100_000)) {
            runs[at] = (byte) random.nextInt(256);
        }
        byte[] text = Arrays.copyOf(words(random, LARGE / 4).getBytes(StandardCharsets.UTF_8), LARGE);
        try (LoadedModel model = LoadedModel.open(run);
                Weft two = Weft.open(null, 2);
                Weft one = Weft.open(null, 1);
                Compressor packing = new Compressor(two, model, done -> {});
                Compressor unpacking = new Compressor(one, model, done -> {})) {
            for (byte[] data : List.of(runs, text, mixed(random, LARGE))) {
                Compression packed = packing.compress(data, OptionalInt.empty());
                assertThat(Arrays.equals(unpacking.decompress(packed.file(), "file"), data))
                        .as("%,d bytes, seed %d", data.length, seed)
                        .isTrue();
                assertThat(packed.file().length).isLessThan(data.length / 2);
            }
        }
    }

    private static byte[] anything(RandomGenerator random, int index) {
        int length =
                switch (index) {
                    case 0 -> 0;
                    case 1 -> 1;
                    default -> random.nextInt(1, 120);
                };
        byte[] data = new byte[length];
        switch (index % 5) {
            case 0 -> random.nextBytes(data);
            case 1 -> Arrays.fill(data, (byte) 0xff);
            case 2 -> data = Arrays.copyOf(words(random, length).getBytes(StandardCharsets.UTF_8), length);
            case 3 ->
                data = random.ints(length / 4 + 1, 0, Character.MAX_CODE_POINT)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
            default -> data = mixed(random, length);
        }
        return data;
    }

    /** Text, characters that the tokenizer does not know, characters cut in two, and noise. */
    private static byte[] mixed(RandomGenerator random, int length) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        while (data.size() < length) {
            byte[] piece =
                    switch (random.nextInt(4)) {
                        case 0 -> TEXT.substring(random.nextInt(TEXT.length())).getBytes(StandardCharsets.UTF_8);
                        case 1 -> "Ж漢🎈".getBytes(StandardCharsets.UTF_8);
                        case 2 -> Arrays.copyOf("🎈✓ö".getBytes(StandardCharsets.UTF_8), random.nextInt(9));
                        default -> new byte[] {(byte) random.nextInt(256), (byte) random.nextInt(128, 256)};
                    };
            data.writeBytes(piece);
        }
        return data.toByteArray();
    }

    @Test
    void theCodeIsAsLongAsTheModelSays() {
        byte[] data = TEXT.getBytes(StandardCharsets.UTF_8);
        try (LoadedModel model = LoadedModel.open(run);
                Weft weft = Weft.open();
                Compressor compressor = new Compressor(weft, model, done -> {})) {
            Compression packed = compressor.compress(data, OptionalInt.of(4));

            assertThat(packed.tokens()).isEqualTo(TEXT.length());
            assertThat(8.0 * packed.codeBytes()).isCloseTo(packed.idealBits(), Percentage.withPercentage(0.1));
            // Contexts differ: a lane keeps at least half of it, and eval's windows begin without any.
            double bits =
                    Evaluation.of(weft, model, Corpus.named(List.of(text()))).bitsPerToken();
            assertThat(packed.idealBits() / packed.tokens()).isCloseTo(bits, Percentage.withPercentage(25));
        }
    }

    private static String text() {
        return folder.resolve("text.txt").toString();
    }

    @Test
    void theCommandsPackAndRestoreAFileAndSayWhatItTook() throws IOException {
        Path packed = folder.resolve("a.weftz");
        Path back = folder.resolve("a.txt");

        Run compress = Run.weft("compress", run.toString(), text(), packed.toString());
        assertThat(compress.code()).as(compress.err()).isZero();
        assertThat(compress.out())
                .contains("a.weftz: %,d bytes from %,d".formatted(Files.size(packed), Files.size(Path.of(text()))));
        assertThat(Files.size(packed)).isLessThan(Files.size(Path.of(text())) / 2);

        Run restored = Run.weft("decompress", run.toString(), packed.toString(), back.toString(), "--threads", "1");
        assertThat(restored.code()).as(restored.err()).isZero();
        assertThat(back).hasSameBinaryContentAs(Path.of(text()));

        Run again = Run.weft("decompress", run.toString(), packed.toString(), back.toString());
        assertThat(again.code()).isEqualTo(ExitCode.USER);
        assertThat(again.err()).contains("a.txt: is there already; --force writes over it");
        Run ontoFolder = Run.weft("compress", run.toString(), text(), folder.toString(), "--force");
        assertThat(ontoFolder.code()).isEqualTo(ExitCode.USER);
        assertThat(ontoFolder.err()).endsWith(folder + ": cannot be written: is a folder; name a file\n");
    }

    @Test
    void theNextCommandHasTheOptionsThatTheFileNeeds() throws IOException {
        Path packed = folder.resolve("narrow.weftz");
        Path back = folder.resolve("narrow.txt");
        String[] options = {"--weights", "int8", "--precision", "int8"};

        Run compress = Run.weft(with(options, "compress", run.toString(), text(), packed.toString()));
        assertThat(compress.code()).as(compress.err()).isZero();
        assertThat(compress.err()).contains("%s FILE --weights int8 --precision int8\n".formatted(packed));
        Run restored = Run.weft(with(options, "decompress", run.toString(), packed.toString(), back.toString()));
        assertThat(restored.code()).as(restored.err()).isZero();
        assertThat(back).hasSameBinaryContentAs(Path.of(text()));
    }

    private static String[] with(String[] options, String... words) {
        return Stream.concat(Stream.of(words), Stream.of(options)).toArray(String[]::new);
    }

    @Test
    void whatWasCutOrAlteredIsToldBeforeAnythingIsWritten() throws IOException {
        Path packed = folder.resolve("b.weftz");
        assertThat(Run.weft("compress", run.toString(), text(), packed.toString())
                        .code())
                .isZero();
        byte[] whole = Files.readAllBytes(packed);
        try (LoadedModel model = LoadedModel.open(run);
                Weft weft = Weft.open();
                Compressor compressor = new Compressor(weft, model, done -> {})) {
            for (int length : new int[] {0, 5, 12, 60, whole.length / 2, whole.length - 1}) {
                assertThatThrownBy(() -> compressor.decompress(Arrays.copyOf(whole, length), "b.weftz"))
                        .as("cut to %d bytes", length)
                        .isInstanceOf(UserException.class)
                        .hasMessageStartingWith("b.weftz: ");
            }
            for (int at = 0; at < whole.length; at += 7) {
                byte[] altered = whole.clone();
                altered[at] ^= 4;
                assertThatThrownBy(() -> compressor.decompress(altered, "b.weftz"))
                        .as("byte %d altered", at)
                        .isInstanceOf(UserException.class);
            }
        }
        Files.write(packed, Arrays.copyOf(whole, whole.length - 3));
        Path back = folder.resolve("b.txt");
        Run restored = Run.weft("decompress", run.toString(), packed.toString(), back.toString());
        assertThat(restored.code()).isEqualTo(ExitCode.USER);
        assertThat(restored.err()).contains("was cut or altered: its checksum does not fit");
        assertThat(back).doesNotExist();
    }

    @Test
    void anotherModelOrAnotherArithmeticIsRefused() {
        Path packed = folder.resolve("c.weftz");
        Path back = folder.resolve("c.txt");
        assertThat(Run.weft("compress", run.toString(), text(), packed.toString())
                        .code())
                .isZero();

        Run model = Run.weft("decompress", other.toString(), packed.toString(), back.toString());
        assertThat(model.code()).isEqualTo(ExitCode.USER);
        assertThat(model.err()).contains("was compressed with another model (gpt, ");

        Run backend =
                Run.weft("decompress", run.toString(), packed.toString(), back.toString(), "--backend", "reference");
        assertThat(backend.code()).isEqualTo(ExitCode.MACHINE);
        assertThat(backend.err()).contains("was computed by backend cpu, f32, vectors of", "this is backend reference");
        assertThat(back).doesNotExist();
    }

    @Test
    void whatIsNoFileIsRefused() {
        String out = folder.resolve("d").toString();
        Run missing =
                Run.weft("compress", run.toString(), folder.resolve("none").toString(), out);
        assertThat(missing.code()).isEqualTo(ExitCode.USER);
        assertThat(missing.err()).endsWith(folder.resolve("none") + ": there is no such file\n");

        Run directory = Run.weft("compress", run.toString(), folder.toString(), out);
        assertThat(directory.err()).contains("is a folder; pack it into one file first");

        Run foreign = Run.weft("decompress", run.toString(), text(), out);
        assertThat(foreign.code()).isEqualTo(ExitCode.USER);
        assertThat(foreign.err()).contains("is not a file that weft compress wrote");

        Run lanes = Run.weft("compress", run.toString(), text(), out, "--lanes", "0");
        assertThat(lanes.code()).isEqualTo(ExitCode.USAGE);
        assertThat(folder.resolve("d")).doesNotExist();
    }
}
