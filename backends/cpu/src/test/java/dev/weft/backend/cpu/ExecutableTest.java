package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.GraphGenerator;
import dev.weft.backend.testkit.GraphGenerator.Generated;
import dev.weft.backend.testkit.KeptPrograms;
import dev.weft.graph.MachineException;
import dev.weft.graph.type.ElementType;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that was compiled is run from its bytes, with the same result. */
class ExecutableTest {
    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = new CpuBackendProvider().open(new BackendOptions(2));
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    private static byte[] executable(Generated generated) {
        try (Session session = backend.compile(generated.program(), CompileOptions.DEFAULT)) {
            return session.executable().orElseThrow();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5})
    void itGivesTheSameBytes(long seed) {
        assertThatCode(() -> KeptPrograms.requireSame(
                        backend, GraphGenerator.generate(seed, 80, ElementType.F32, GraphGenerator.Kind.ANY)))
                .doesNotThrowAnyException();
    }

    @Test
    void aProcessorWithoutItsInstructionsIsASentence() {
        byte[] bytes = executable(GraphGenerator.generate(3, 20, ElementType.F32, GraphGenerator.Kind.ANY));

        assertThatThrownBy(() -> Executable.read(bytes, new Processor("old", List.of("sse2"))))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("this one (old) lacks")
                .hasMessageContaining("compile it on this machine");
    }

    @Test
    void bytesThatWereCutOrChangedAreRefusedOrRead() {
        byte[] whole = executable(GraphGenerator.generate(3, 20, ElementType.F32, GraphGenerator.Kind.ANY));
        int refused = KeptPrograms.refusals(whole, 20261122, damaged -> {
            Executable read = Executable.read(damaged, Processor.here());
            read.entries().keySet().forEach(read::steps);
        });
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void linuxDescribesAProcessor() {
        Processor processor = Processor.here();
        assertThat(processor.lacks(processor.instructions())).isEmpty();
        assertThat(processor.lacks(List.of("avx9000"))).containsExactly("avx9000");
    }
}
