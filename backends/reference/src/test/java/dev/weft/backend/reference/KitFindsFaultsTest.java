package dev.weft.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.spi.Stage;
import dev.weft.backend.spi.Statistics;
import dev.weft.backend.spi.Support;
import dev.weft.backend.testkit.Check;
import dev.weft.backend.testkit.Conformance;
import dev.weft.backend.testkit.Outcome;
import dev.weft.graph.Program;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kit would not be worth much if a wrong backend passed it. */
class KitFindsFaultsTest {

    /** What a faulty backend does after the right bytes have been read. */
    @FunctionalInterface
    private interface Fault {
        void after(MemorySegment read, ElementType element, int threads);
    }

    @Test
    void aWrongLastElement() {
        Fault fault = (read, element, threads) -> {
            if (element == ElementType.F32 && read.byteSize() > 256 * 4) {
                long last = read.byteSize() / 4 - 1;
                float value = read.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, last);
                read.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, last, value + 1);
            }
        };
        assertThat(outcome(fault, "ops: tanh f32").detail()).contains("element 764: got");
    }

    @Test
    @SuppressWarnings("restricted") // writes where a native kernel could
    void aByteBehindTheEnd() {
        Fault fault = (read, element, threads) -> {
            if (read.isNative() && element == ElementType.I32) {
                read.reinterpret(read.byteSize() + 1).set(ValueLayout.JAVA_BYTE, read.byteSize(), (byte) 0);
            }
        };
        assertThat(outcome(fault, "ops: neg i32").detail())
                .contains("byte 0 outside its")
                .contains("was written");
    }

    @Test
    void bytesThatDependOnTheThreads() {
        Fault fault = (read, element, threads) -> {
            if (read.byteSize() > 0) {
                read.set(ValueLayout.JAVA_BYTE, 0, (byte) (read.get(ValueLayout.JAVA_BYTE, 0) ^ (threads / 3)));
            }
        };
        assertThat(outcome(fault, "determinism: 1, 2 and 3 threads").detail())
                .contains("3 threads: result 0")
                .contains("must have the same bytes, byte 0 differs");
    }

    private static Outcome outcome(Fault fault, String name) {
        try (Conformance kit = new Conformance(new FaultyProvider(fault))) {
            Check check = kit.checks().stream()
                    .filter(candidate -> candidate.toString().equals(name))
                    .findFirst()
                    .orElseThrow();
            Outcome outcome = check.run();
            assertThat(outcome.verdict()).isEqualTo(Outcome.Verdict.FAILED);
            return outcome;
        }
    }

    private record FaultyProvider(Fault fault) implements BackendProvider {

        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public Score score() {
            return new Score(1, "wrong on purpose");
        }

        @Override
        public Backend open(BackendOptions options) {
            return new FaultyBackend(new ReferenceProvider().open(options), fault, options.threads());
        }

        @Override
        public int opSet() {
            return Primitive.VERSION;
        }
    }

    private record FaultyBackend(Backend right, Fault fault, int threads) implements Backend {

        @Override
        public List<String> capabilities() {
            return right.capabilities();
        }

        @Override
        public Support supports(Class<? extends Primitive> op, ElementType element) {
            return right.supports(op, element);
        }

        @Override
        public Session compile(Program program, CompileOptions options) {
            return new FaultySession(right.compile(program, options), fault, threads);
        }

        @Override
        public void close() {
            right.close();
        }
    }

    private record FaultySession(Session right, Fault fault, int threads) implements Session {

        @Override
        public Buffer stored(String name) {
            return right.stored(name);
        }

        @Override
        public Map<String, Buffer> run(String entry, Map<String, MemorySegment> inputs) {
            return right.run(entry, inputs);
        }

        @Override
        public void read(Buffer from, MemorySegment to) {
            right.read(from, to);
            fault.after(to, from.type().element(), threads);
        }

        @Override
        public void write(MemorySegment from, Buffer to, long first) {
            right.write(from, to, first);
        }

        @Override
        public List<Stage> stages() {
            return right.stages();
        }

        @Override
        public Statistics statistics() {
            return right.statistics();
        }

        @Override
        public void close() {
            right.close();
        }
    }
}
