package dev.weft.backend.cpu.nativelib;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A processor as Linux describes it, without LLVM.
 *
 * @param model what decides how code is tuned: maker, family and model
 * @param instructions extensions that generated code may use, by Linux's names: {@code avx512f}; sorted
 */
public record Processor(String model, List<String> instructions) {

    /** Names of extensions that a compiler makes use of; others are for systems. */
    private static final Pattern USED = Pattern.compile(
            "cmov|cx16|sse\\w*|ssse3|pni|popcnt|abm|bmi\\d|avx\\w*|fma\\d?|f16c|movbe|adx|xop|tbm"
                    + "|gfni|v?aes|v?pclmulqdq|sha_ni|amx_\\w+|3dnowprefetch|asimd\\w*|sve\\w*|i8mm|bf16|fphp|atomics|fp");

    /** Both are the same as long as the process runs. */
    private static final class Here {
        private static final Processor PROCESSOR = find();
        private static final String LEVEL = System.getenv().getOrDefault(IsaLevel.VARIABLE, "");
    }

    public Processor {
        instructions = List.copyOf(instructions);
    }

    /**
     * The one that runs this, with the instructions of {@link #level()} alone where that is asked for. Nothing is known of it where
     * there is no {@code /proc/cpuinfo}.
     *
     * @throws dev.weft.graph.UserException if there is no such level
     * @throws dev.weft.graph.MachineException if the processor lacks some of it
     */
    public static Processor here() {
        Processor whole = Here.PROCESSOR;
        return level().map(level -> level.of(whole)).orElse(whole);
    }

    /** What code is limited to, if it is. */
    public static Optional<IsaLevel> level() {
        return Here.LEVEL.isEmpty() ? Optional.empty() : Optional.of(IsaLevel.parse(Here.LEVEL));
    }

    private static Processor find() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return parse(lines.takeWhile(line -> !line.isBlank()).toList());
        } catch (IOException | java.io.UncheckedIOException unknown) {
            return new Processor("unknown", List.of());
        }
    }

    /** From the lines about one processor. */
    static Processor parse(List<String> lines) {
        Map<String, String> facts = new HashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                facts.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        List<String> model = new ArrayList<>();
        for (String name : List.of("vendor_id", "cpu family", "model", "CPU implementer", "CPU part")) {
            if (facts.containsKey(name)) {
                model.add(facts.get(name));
            }
        }
        String flags = facts.getOrDefault("flags", facts.getOrDefault("Features", ""));
        List<String> instructions = Stream.of(flags.split(" "))
                .filter(flag -> USED.matcher(flag).matches())
                .sorted()
                .toList();
        return new Processor(String.join("/", model), instructions);
    }

    /** Whether vectors of 512 bits are native. */
    public boolean hasAvx512() {
        return instructions.contains("avx512f");
    }

    /** Whether it multiplies bf16 and sums in f32 in one instruction. */
    public boolean hasBf16() {
        return Stream.of("avx512_bf16", "amx_bf16", "bf16").anyMatch(instructions::contains);
    }

    /** Whether it multiplies and adds pairs of bytes in vectors of 512 bits. */
    public boolean multipliesBytes() {
        return lacks(List.of("avx512f", "avx512bw", "avx512vl", "avx512_vnni")).isEmpty();
    }

    /** The model and all extensions. */
    String text() {
        return model + " " + String.join(" ", instructions);
    }

    /** Extensions of {@code needed} that this one lacks. */
    public List<String> lacks(List<String> needed) {
        return needed.stream().filter(name -> !instructions.contains(name)).toList();
    }
}
