package dev.weft.backend.cpu.nativelib;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Levels of x86-64 that its psABI names: what code for any processor of a level may use. Asked for by the variable {@value #VARIABLE}, so
 * that one machine computes what another one does, and makes executables that it runs. Lower levels lack instructions for f16,
 * in whose place functions would be called that are in no library here.
 */
public enum IsaLevel {
    /** Vectors of 256 bits, and multiplications with an addition. */
    V3(
            "x86-64-v3",
            0x7,
            "abm avx avx2 bmi1 bmi2 cmov cx16 f16c fma movbe pni popcnt sse sse2 sse4_1 sse4_2 ssse3",
            List.of()),
    /** Vectors of 512 bits. */
    V4("x86-64-v4", 0x27, "avx512bw avx512cd avx512dq avx512f avx512vl", List.of(V3));

    /** Names a level; where it is not set, all is used that the processor has. */
    public static final String VARIABLE = "WEFT_ISA_LEVEL";

    private final String text;
    private final int oneDnn;
    private final List<String> instructions;

    IsaLevel(String text, int oneDnn, String added, List<IsaLevel> below) {
        this.text = text;
        this.oneDnn = oneDnn;
        this.instructions = Stream.concat(
                        below.stream().flatMap(level -> level.instructions.stream()), Stream.of(added.split(" ")))
                .sorted()
                .toList();
    }

    /** All extensions that code may use, by Linux's names; sorted. */
    List<String> instructions() {
        return instructions;
    }

    /** What {@code dnnl_set_max_cpu_isa} is told. */
    int oneDnn() {
        return oneDnn;
    }

    /** As LLVM and the psABI call it. */
    @Override
    public String toString() {
        return text;
    }

    /**
     * The level of this name.
     *
     * @throws UserException if there is none; the message lists those there are
     */
    static IsaLevel parse(String name) {
        return Arrays.stream(values())
                .filter(level -> level.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new UserException("%s: must be one of %s, got %s"
                        .formatted(
                                VARIABLE,
                                Arrays.stream(values()).map(IsaLevel::toString).collect(Collectors.joining(", ")),
                                name)));
    }

    /**
     * {@code processor} with the instructions of this level alone.
     *
     * @throws MachineException if it lacks some of them
     */
    Processor of(Processor processor) {
        List<String> lacking = processor.lacks(instructions);
        if (!lacking.isEmpty()) {
            throw new MachineException("%s: must be a level that this processor (%s) has, got %s, of which it lacks %s"
                    .formatted(VARIABLE, processor.model(), text, String.join(", ", lacking)));
        }
        return new Processor(processor.model(), instructions);
    }
}
