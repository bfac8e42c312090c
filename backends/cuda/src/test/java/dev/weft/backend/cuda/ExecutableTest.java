package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.GraphGenerator;
import dev.weft.backend.testkit.GraphGenerator.Generated;
import dev.weft.backend.testkit.OpSample;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Model;
import dev.weft.models.Weft;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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

    private static List<byte[]> run(Session session, Generated generated) {
        Map<String, MemorySegment> inputs = new HashMap<>();
        List<String> names = generated.program().entry(OpSample.ENTRY).inputs();
        for (int i = 0; i < names.size(); i++) {
            inputs.put(names.get(i), TensorBytes.of(generated.inputs().get(i)));
        }
        List<byte[]> results = new ArrayList<>();
        for (Buffer output : session.run(OpSample.ENTRY, inputs).values()) {
            byte[] copy = new byte[Math.toIntExact(output.type().bytes())];
            session.read(output, MemorySegment.ofArray(copy));
            results.add(copy);
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 5})
    void itGivesTheSameBytes(long seed) {
        Generated generated = generated(seed, 40);
        try (Session compiled = host.compile(generated.program(), CompileOptions.DEFAULT);
                Session loaded = host.load(compiled.executable().orElseThrow()).session()) {
            List<byte[]> wanted = run(compiled, generated);
            List<byte[]> got = run(loaded, generated);
            assertThat(got).hasSameSizeAs(wanted);
            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i)).as("%s: result %d", generated, i).isEqualTo(wanted.get(i));
            }
            assertThat(loaded.statistics().entries())
                    .isEqualTo(compiled.statistics().entries());
            assertThat(loaded.statistics().kernels())
                    .isEqualTo(compiled.statistics().kernels());
            assertThat(loaded.statistics().peakBytes())
                    .isEqualTo(compiled.statistics().peakBytes());
            // A program that was loaded can be kept again.
            assertThat(loaded.executable()).isPresent();
        }
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
        long seed = 20261122;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] damaged = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            try {
                Executable.read(damaged, HERE);
            } catch (UserException | MachineException sentence) {
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("seed %d, round %d".formatted(seed, round), other);
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void aProgramIsFoundInTheCacheFolder() {
        CodeStore store = CodeStore.in(folder, CodeStore.LIMIT_BYTES);
        EntryRequest step = EntryRequest.of("step", Map.of("B", 2L, "T", 16L));
        Weft.Options options =
                Weft.Options.defaults().backend("cuda-described").threads(1).withoutCache();
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
