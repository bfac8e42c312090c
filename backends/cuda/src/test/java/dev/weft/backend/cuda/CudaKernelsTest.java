package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.graph.MachineException;
import dev.weft.graph.Program;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What NVIDIA's compiler says of the kernels of models, and what a described device says of how they are launched. */
class CudaKernelsTest {
    private static final Map<String, Long> SIZES = Map.of("B", 2L, "T", 16L);
    private static final CollectedKernels KERNELS = new CollectedKernels();

    @BeforeAll
    static void collect() {
        Stream.of("gpt", "llama").forEach(model -> {
            KERNELS.add(Models.tiny(model, "step", SIZES));
            KERNELS.add(Models.tiny(model, "evaluate", SIZES));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90a", "sm_100", "sm_120"})
    void everyKernelOfTheModelsCompilesAndKeepsToRegisters(String architecture) {
        assertThat(KernelChecks.compile(KERNELS, architecture))
                .isEqualTo(KERNELS.size())
                .isGreaterThan(40);
    }

    @Test
    void whatDoesNotFitIsSaidBeforeItRunsAndLeavesNothingBehind() {
        Program program = Models.tiny("gpt", "step", Map.of("B", 64L, "T", 16L));
        NullDevice device = Described.h200(1L << 20);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none())) {
            assertThatThrownBy(() -> backend.compile(program, CompileOptions.DEFAULT))
                    .isInstanceOf(MachineException.class)
                    .hasMessageContaining("free");
            assertThat(device.freeBytes()).isEqualTo(1L << 20);
        }
    }

    @Test
    void theMemoryThatOptionsLeaveIsKeptTo() {
        Program program = Models.tiny("gpt", "step", SIZES);
        BackendOptions options = new BackendOptions(1, 1000, BackendOptions.UNLIMITED, true);
        try (CudaBackend backend = new CudaBackend(Described.h200(1L << 30), options, CodeStore.none())) {
            assertThatThrownBy(() -> backend.compile(program, CompileOptions.DEFAULT))
                    .isInstanceOf(MachineException.class)
                    .hasMessageContaining("the memory limit leaves 1000 bytes");
        }
    }
}
