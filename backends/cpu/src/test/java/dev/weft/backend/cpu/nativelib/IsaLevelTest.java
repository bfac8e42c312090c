package dev.weft.backend.cpu.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IsaLevelTest {

    @ParameterizedTest
    @EnumSource
    void aLevelIsFoundByItsName(IsaLevel level) {
        assertThat(IsaLevel.parse(level.toString())).isEqualTo(level);
        assertThat(level.instructions()).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aNameThatIsNoneIsToldWithThoseThereAre() {
        assertThatThrownBy(() -> IsaLevel.parse("avx2"))
                .isInstanceOf(UserException.class)
                .hasMessage("WEFT_ISA_LEVEL: must be one of x86-64-v3, x86-64-v4, got avx2");
    }

    @Test
    void aProcessorThatLacksALevelIsToldWhatItLacks() {
        Processor old = new Processor("GenuineIntel/6/60", IsaLevel.V3.instructions());
        assertThatThrownBy(() -> IsaLevel.V4.of(old))
                .isInstanceOf(MachineException.class)
                .hasMessage(
                        "WEFT_ISA_LEVEL: must be a level that this processor (GenuineIntel/6/60) has, got x86-64-v4, of"
                                + " which it lacks avx512bw, avx512cd, avx512dq, avx512f, avx512vl");
    }

    @Test
    void whatIsAboveALevelIsLeftOut() {
        Processor both = new Processor(
                "new",
                List.of(String.join(" ", IsaLevel.V4.instructions())
                        .concat(" avx512_bf16 amx_bf16")
                        .split(" ")));
        assertThat(both.hasBf16()).isTrue();
        Processor limited = IsaLevel.V4.of(both);
        assertThat(limited.hasAvx512()).isTrue();
        assertThat(limited.hasBf16()).isFalse();
        assertThat(IsaLevel.V3.of(both).hasAvx512()).isFalse();
        assertThat(limited.model()).isEqualTo("new");
    }

    /** In this process, whatever level it was started with: LLVM and the backend are told the same. */
    @Test
    void kernelsAreCompiledForTheLevelThatWasAskedFor() {
        assertThat(Processor.level().map(IsaLevel::toString))
                .isEqualTo(java.util.Optional.ofNullable(System.getenv(IsaLevel.VARIABLE)));
        Processor.level().ifPresent(level -> {
            assertThat(Processor.here().instructions()).isEqualTo(level.instructions());
            assertThat(new LlvmCompiler().processor()).isEqualTo(level.toString());
            assertThat(LlvmCompiler.recipe()).contains(level.toString());
        });
    }
}
