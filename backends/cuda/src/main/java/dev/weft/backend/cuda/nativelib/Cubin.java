package dev.weft.backend.cuda.nativelib;

import dev.weft.graph.DefectException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Compiled kernels as their file describes them.
 *
 * @param kernels in the order of the file
 */
public record Cubin(List<Kernel> kernels) {

    /** Loads from local memory: spilled registers and arrays that are not in registers. */
    public static final int LDL = 0x983;

    /** Stores to local memory. */
    public static final int STL = 0x387;

    /** Loads from global memory. */
    public static final int LDG = 0x981;

    /** Stores to global memory. */
    public static final int STG = 0x986;

    /** Products of bf16 or f16 on tensor cores. */
    public static final int HMMA = 0x23c;

    /** Products by groups of four warps. */
    public static final List<Integer> HGMMA = List.of(0x9f0, 0xdf0);

    /**
     * A kernel.
     *
     * @param parameters in order
     * @param parameterBytes of all of them, with gaps
     * @param sharedBytes of static shared memory of a block
     * @param registers of a thread
     * @param opcodes how often each stands in its code
     * @param accesses how many loads and stores of global memory stand in its code, by bytes that each moves
     */
    public record Kernel(
            String name,
            List<Parameter> parameters,
            int parameterBytes,
            long sharedBytes,
            int registers,
            Map<Integer, Integer> opcodes,
            Map<Integer, Integer> accesses) {

        public Kernel {
            parameters = List.copyOf(parameters);
            opcodes = Collections.unmodifiableMap(new TreeMap<>(opcodes));
            accesses = Collections.unmodifiableMap(new TreeMap<>(accesses));
        }

        /** How often any of these opcodes stands in its code. */
        public int count(List<Integer> wanted) {
            return wanted.stream()
                    .mapToInt(code -> opcodes.getOrDefault(code, 0))
                    .sum();
        }

        public int count(int opcode) {
            return opcodes.getOrDefault(opcode, 0);
        }
    }

    /** A parameter, by where it lies among all parameters. */
    public record Parameter(int offset, int bytes) {}

    public Cubin {
        kernels = List.copyOf(kernels);
    }

    public Optional<Kernel> kernel(String name) {
        return kernels.stream().filter(kernel -> kernel.name().equals(name)).findFirst();
    }

    /** @throws DefectException if these are not compiled kernels */
    public static Cubin read(byte[] bytes) {
        try {
            return new CubinReader(bytes).read();
        } catch (IndexOutOfBoundsException cut) {
            throw new DefectException("cubin: it must be whole, but ends early after " + bytes.length + " bytes", cut);
        }
    }
}
