package dev.weft.backend.cuda.calibration;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.graph.DefectException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** Runs all {@link Case}s on a device, and compares with what a processor gave. */
final class Calibration {

    static final String RESOURCE = "calibration.txt";

    private static final int SEED = 11;

    /** Zeros, ones, ties of both 16-bit types, subnormal numbers, infinities, NaN: with either sign. */
    private static final int[] SPECIAL = {
        0,
        0x3f800000,
        0x3f808000,
        0x3f818000,
        0x3f801000,
        0x3f803000,
        1,
        0x007fffff,
        0x00800000,
        0x33800000,
        0x38800000,
        0x477fe000,
        0x477ff000,
        0x7f7fffff,
        0x7f7f8000,
        0x7f800000,
        0x7fc00000,
        0x7f800001
    };

    private Calibration() {}

    /** The bits that a device gives, by the name of the case: for each thread all of its words. */
    static SequencedMap<String, int[]> run(Device device) {
        List<Case> cases = Case.all();
        long module = device.load(device.compiler()
                .compile(cases.stream().map(Case::source).toList())
                .bytes());
        long stream = device.stream();
        long in = device.allocate((long) Case.THREADS * Integer.BYTES, "numbers");
        MemorySegment staging = device.pinned((long) Case.THREADS * Integer.BYTES, "numbers");
        MemorySegment.copy(inputs(), 0, staging, ValueLayout.JAVA_INT, 0, Case.THREADS);
        device.copyIn(stream, in, staging);
        SequencedMap<String, int[]> bits = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            for (Case each : cases) {
                long bytes = (long) Case.THREADS * each.words() * Integer.BYTES;
                long out = device.allocate(bytes, "results");
                MemorySegment results = device.pinned(bytes, "results");
                device.launch(
                        stream,
                        device.function(module, each.kernel(), 0),
                        new Grid(1, Case.THREADS),
                        arena.allocateFrom(ValueLayout.JAVA_LONG, in, out));
                device.copyOut(stream, results, out);
                device.synchronize(stream);
                bits.put(each.name(), results.toArray(ValueLayout.JAVA_INT));
            }
        }
        return bits;
    }

    /** The numbers of the threads. */
    static int[] inputs() {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] inputs = new int[Case.THREADS];
        Arrays.setAll(inputs, i -> random.nextInt());
        for (int i = 0; i < SPECIAL.length; i++) {
            inputs[2 * i] = SPECIAL[i];
            inputs[2 * i + 1] = SPECIAL[i] | 0x80000000;
        }
        return inputs;
    }

    /** What is not as on the processor, a sentence for each case. */
    static List<String> differences(Map<String, int[]> bits, Map<String, int[]> golden) {
        List<String> differences = new ArrayList<>();
        for (Case each : Case.all()) {
            difference(each, bits.get(each.name()), golden.get(each.name())).ifPresent(differences::add);
        }
        return differences;
    }

    private static Optional<String> difference(Case each, int[] got, int[] wanted) {
        int wrong = 0;
        String first = "";
        for (int i = 0; i < wanted.length; i++) {
            if (!(got[i] == wanted[i] || (each.units() > 0 && near(got[i], wanted[i], each.units())))) {
                if (wrong++ == 0) {
                    first = "of %08x word %d must be %08x, got %08x"
                            .formatted(inputs()[i / each.words()], i % each.words(), wanted[i], got[i]);
                }
            }
        }
        return wrong == 0
                ? Optional.empty()
                : Optional.of("%s: %d of %d words differ; %s".formatted(each.name(), wrong, wanted.length, first));
    }

    /** Whether two floats are so many numbers apart at most. */
    private static boolean near(int one, int other, int units) {
        return Math.abs((long) order(one) - order(other)) <= units
                || (Float.isNaN(Float.intBitsToFloat(one)) && Float.isNaN(Float.intBitsToFloat(other)));
    }

    /** Ascending with the float that the bits are. */
    private static int order(int bits) {
        return bits < 0 ? Integer.MIN_VALUE - bits : bits;
    }

    /** What the host device gave. */
    static Map<String, int[]> golden() {
        try (InputStream text = Calibration.class.getResourceAsStream(RESOURCE)) {
            if (text == null) {
                throw new DefectException("calibration: its numbers must be in the jar, but are not");
            }
            return parse(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("calibration: its numbers cannot be read", unreadable);
        }
    }

    private static Map<String, int[]> parse(String text) {
        Map<String, int[]> golden = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            String[] words = line.split(" ");
            golden.put(
                    words[0],
                    Arrays.stream(words)
                            .skip(1)
                            .mapToInt(HexFormat::fromHexDigits)
                            .toArray());
        });
        return golden;
    }

    /** A line for each case: its name and its words. */
    static String text(SequencedMap<String, int[]> bits) {
        StringBuilder text = new StringBuilder();
        bits.forEach((name, words) -> {
            text.append(name);
            for (int word : words) {
                text.append(' ').append(Integer.toHexString(word));
            }
            text.append('\n');
        });
        return text.toString();
    }
}
