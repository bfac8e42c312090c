package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.GraphGenerator;
import dev.weft.backend.testkit.GraphGenerator.Generated;
import dev.weft.backend.testkit.KeptPrograms;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Model;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that was compiled is run from its bytes, with the same result, and nothing is compiled for that. */
class ExecutableTest {
    private static final DeviceFacts HERE = CollectedKernels.FACTS;
    private static Backend host;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        host = new HostProvider().open(new BackendOptions(2));
    }

    @AfterAll
    static void close() {
        host.close();
    }

    private static Generated generated(long seed, int values) {
        return GraphGenerator.generate(seed, values, ElementType.F32, GraphGenerator.Kind.ANY);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5})
    void itGivesTheSameBytes(long seed) {
        assertThatCode(() -> KeptPrograms.requireSame(host, generated(seed, 40)))
                .doesNotThrowAnyException();
    }

    private static byte[] executable() {
        try (CudaBackend backend =
                        new CudaBackend(Described.h200(1L << 30), BackendOptions.defaults(), CodeStore.none());
                Session session = backend.compile(generated(3, 20).program(), CompileOptions.DEFAULT)) {
            return session.executable().orElseThrow();
        }
    }

    @Test
    void aDeviceThatCannotRunItIsASentence() {
        byte[] bytes = executable();
        assertThat(Executable.read(bytes, HERE).architecture()).isEqualTo("sm_90a");
        DeviceFacts older = new DeviceFacts("A100", 8, 0, 108, 2048, 163 << 10, 40 << 20, 80L << 30);
        assertThatThrownBy(() -> Executable.read(bytes, older))
                .isInstanceOf(MachineException.class)
                .hasMessage("executable: was compiled for sm_90a, and this device (A100) is sm_80; "
                        + "compile it on this machine");
    }

    @Test
    void bytesThatWereCutOrChangedAreRefusedOrRead() {
        byte[] whole = executable();
        assertThat(KeptPrograms.refusals(whole, 20261122, damaged -> Executable.read(damaged, HERE)))
                .isGreaterThan(100);
    }

    @Test
    void aProgramIsFoundInTheCacheFolder() {
        CodeStore store = CodeStore.in(folder, CodeStore.LIMIT_BYTES);
        EntryRequest step = EntryRequest.of("step", Map.of("B", 2L, "T", 16L));
        WeftOptions options =
                WeftOptions.defaults().backend("cuda-described").threads(1).withoutCache();
        try (Weft weft = Weft.open(options).withCache(store);
                Model compiled = weft.compile(Models.tinyGpt(), step);
                Model found = weft.compile(Models.tinyGpt(), step)) {
            assertThat(compiled.steps().isFromCache()).isFalse();
            assertThat(found.steps().isFromCache()).isTrue();
            assertThat(found.statistics().entries())
                    .isEqualTo(compiled.statistics().entries());
        }
    }
}
