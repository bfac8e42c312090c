package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cpu.nativelib.NativeFacts;
import dev.weft.backend.cpu.nativelib.NativeFacts.CxxLibrary;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.graph.MachineException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** On a machine for which there are no native libraries. */
class CpuBackendProviderTest {

    private final CpuBackendProvider onMusl = new CpuBackendProvider(
            () -> new NativeFacts("Linux", "amd64", Optional.empty(), true, CxxLibrary.SUFFICIENT, List.of()));

    @Test
    void theScoreIsZeroAndSaysWhy() {
        assertThat(onMusl.score().value()).isZero();
        assertThat(onMusl.score().reason()).contains("glibc", "musl", "--backend reference");
    }

    @Test
    void openingEndsInTheSameSentence() {
        assertThatThrownBy(() -> onMusl.open(BackendOptions.defaults()))
                .isInstanceOf(MachineException.class)
                .hasMessage(onMusl.score().reason());
    }
}
