package dev.weft.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.GraphGenerator;
import dev.weft.backend.testkit.GraphGenerator.Generated;
import dev.weft.backend.testkit.OpSample;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
        Generated generated = GraphGenerator.generate(seed, 80, ElementType.F32, GraphGenerator.Kind.ANY);
        try (Session compiled = backend.compile(generated.program(), CompileOptions.DEFAULT);
                Session loaded =
                        backend.load(compiled.executable().orElseThrow()).session()) {
            List<byte[]> wanted = run(compiled, generated);
            List<byte[]> got = run(loaded, generated);
            assertThat(got).hasSameSizeAs(wanted);
            for (int i = 0; i < got.size(); i++) {
                assertThat(got.get(i)).as("%s: result %d", generated, i).isEqualTo(wanted.get(i));
            }
            assertThat(loaded.statistics().entries())
                    .isEqualTo(compiled.statistics().entries());
            assertThat(loaded.statistics().peakBytes())
                    .isEqualTo(compiled.statistics().peakBytes());
            // A program that was loaded can be kept again.
            assertThat(loaded.executable()).isPresent();
        }
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
        long seed = 20261122;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] damaged = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            try {
                Executable read = Executable.read(damaged, Processor.here());
                read.entries().keySet().forEach(read::steps);
            } catch (UserException | MachineException sentence) {
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("seed %d, round %d".formatted(seed, round), other);
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void linuxDescribesAProcessor() {
        Processor processor = Processor.here();
        assertThat(processor.lacks(processor.instructions())).isEmpty();
        assertThat(processor.lacks(List.of("avx9000"))).containsExactly("avx9000");
    }
}
