package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.testkit.OpSample;
import dev.weft.backend.testkit.OpSamples;
import dev.weft.graph.Program;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Weft;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * NVIDIA's compiler on the kernels of all op samples of the testkit: all forms of all ops in all types; at one size and for one
 * architecture, or with {@code -Dweft.slow=true} at all sizes of the conformance kit and for four.
 */
class OpSampleKernelsTest {
    private static final boolean IS_SLOW = Boolean.getBoolean("weft.slow");
    private static final List<Long> SIZES =
            IS_SLOW ? List.of(0L, 1L, 7L, 8L, 9L, 255L, 257L, 511L, 513L) : List.of(257L);
    private static final List<String> ARCHITECTURES =
            IS_SLOW ? List.of("sm_80", "sm_90a", "sm_100", "sm_120") : List.of("sm_90a");
    private static final long SEED = 20;

    @Test
    void everyKernelCompilesAndKeepsToRegisters() {
        CollectedKernels kernels = new CollectedKernels();
        for (String mnemonic : OpSamples.mnemonics()) {
            for (ElementType element : OpSamples.elements(mnemonic)) {
                for (long size : SIZES) {
                    for (OpSample sample : OpSamples.of(mnemonic, element, size, SEED + size)) {
                        Program flat = Weft.PASSES.run(sample.program());
                        kernels.add(flat);
                    }
                }
            }
        }
        for (String architecture : ARCHITECTURES) {
            assertThat(KernelChecks.compile(kernels, architecture))
                    .as(architecture)
                    .isEqualTo(kernels.size())
                    .isGreaterThan(800);
        }
    }
}
