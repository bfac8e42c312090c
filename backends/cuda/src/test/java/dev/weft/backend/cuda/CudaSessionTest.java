package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.absent.Counts;
import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.host.HostDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.cuda.runtime.EntryRun;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.graph.DefectException;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a session asks of its device from run to run, and when it tells what it found. */
class CudaSessionTest {
    private static final int STEPS = 5;
    private static final Program STEP = Models.tiny("gpt", "step", Map.of("B", 2L, "T", 16L));

    @TempDir
    private static Path folder;

    private final Arena arena = Arena.ofAuto();

    /** The kernels are compiled once for all tests. */
    private static CodeStore store() {
        return CodeStore.in(folder, CodeStore.LIMIT_BYTES);
    }

    /** What happens in some steps after some others. */
    private Counts counts(Consumer<Session> step) {
        NullDevice device = Described.h200(1L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            step.accept(session);
            step.accept(session);
            step.accept(session);
            Counts before = device.counts();
            for (int i = 0; i < STEPS; i++) {
                step.accept(session);
            }
            return device.counts().since(before);
        }
    }

    private Map<String, MemorySegment> zeros() {
        return Described.zeros(STEP, "step", arena);
    }

    /** Inputs in which nothing is as in the step before: the rate and the counter of random numbers are inputs as tokens are. */
    private Map<String, MemorySegment> inputs(int step) {
        Map<String, MemorySegment> inputs = zeros();
        inputs.values().forEach(input -> input.fill((byte) step));
        return inputs;
    }

    private static void read(Session session, Buffer buffer) {
        session.read(buffer, Arena.ofAuto().allocate(buffer.type().bytes(), 8));
    }

    @Test
    void aStepWhoseResultsAreReadIsOneLaunchWithItsCopyInside() {
        int[] step = {0};
        Counts happened = counts(session -> read(
                session,
                session.run("step", inputs(step[0]++)).values().iterator().next()));

        assertThat(happened).isEqualTo(new Counts(0, 0, 0, 0, STEPS, STEPS, STEPS, 0, 0, 0, 0));
    }

    @Test
    void stepsWhoseResultsNobodyReadsWaitForNothingButTheirPlace() {
        int[] step = {0};
        Counts happened = counts(session -> session.run("step", inputs(step[0]++)));

        assertThat(happened).isEqualTo(new Counts(0, 0, STEPS, STEPS, 0, STEPS, 0, STEPS, 0, 0, 0));
    }

    @Test
    void whatIsExpectedComesWhileTheStepBeforeRuns() {
        int[] step = {0};
        Counts happened = counts(session -> {
            Buffer loss =
                    session.run("step", inputs(step[0]++)).values().iterator().next();
            session.expect("step", () -> inputs(step[0]));
            read(session, loss);
        });

        assertThat(happened).isEqualTo(new Counts(0, 0, STEPS, STEPS, STEPS, STEPS, STEPS, STEPS, 0, 0, 0));
    }

    /** What a described device is waited for takes no time, but it is told; a run alone waits for nothing. */
    @Test
    void whatTheHostWaitsIsNotItsOwnTime() {
        NullDevice device = Described.h200(1L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            long before = session.waitedNanos().orElseThrow();
            Buffer loss = session.run("step", zeros()).values().iterator().next();
            long behind = session.waitedNanos().orElseThrow();
            read(session, loss);

            assertThat(behind).isEqualTo(before);
            assertThat(session.waitedNanos().orElseThrow()).isGreaterThan(behind);
        }
    }

    @Test
    void aGraphHasOneCopyFromTheHost() {
        NullDevice device = Described.h200(1L << 30);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            read(session, session.run("step", zeros()).values().iterator().next());
            assertThat(device.counts().recordedCopiesIn()).isEqualTo(1);
            session.run("step", zeros());
            session.run("step", zeros());
            assertThat(device.counts().recordedCopiesIn()).isEqualTo(1);
        }
    }

    @Test
    void aKernelThatTakesOtherParametersThanItIsGivenIsRejected() {
        KernelCompiler planted = sources -> Described.compiler()
                .compile(sources.stream()
                        .map(source -> new Source(
                                source.name(),
                                source.text().replace(source.name() + "(", source.name() + "(u64 planted, "),
                                source.parameters()))
                        .toList());
        NullDevice device = Described.h200(1L << 30, planted);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            assertThatThrownBy(() -> session.run("step", zeros()))
                    .isInstanceOf(DefectException.class)
                    .hasMessageContaining("it takes")
                    .hasMessageContaining("but is launched with");
        }
    }

    /** What it computes the host device shows, that nothing is recorded the described one. */
    @Test
    void stepwiseNamesThePieceThatFailsAndComputesTheSame() {
        byte[] recorded = loss();
        System.setProperty(EntryRun.STEPWISE, "true");
        try {
            assertThat(loss()).isEqualTo(recorded);
            NullDevice device = Described.h200(1L << 30);
            try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), store());
                    Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
                session.run("step", zeros());
                session.run("step", zeros());
                assertThat(device.counts().recorded()).isZero();
                assertThat(device.counts().replays()).isZero();
            }
            KernelCompiler planted = HostDevice.compilerOfEdited(
                    text -> text.replace("if (pack >= ", "if (pack == 3) __builtin_trap(); if (pack >= "));
            assertThatThrownBy(() -> {
                        try (CudaBackend backend = new CudaBackend(
                                        HostDevice.open(1L << 28, Order.FORWARD, planted),
                                        BackendOptions.defaults(),
                                        CodeStore.none());
                                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
                            session.run("step", tokens(1));
                        }
                    })
                    .isInstanceOf(DefectException.class)
                    .hasMessageMatching("(?s)entry step, piece \\d+ of \\d+, \\w+ of region \\d+: .*no instruction.*");
        } finally {
            System.clearProperty(EntryRun.STEPWISE);
        }
    }

    private byte[] loss() {
        try (Backend backend = new HostProvider(Order.FORWARD).open(BackendOptions.defaults());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            session.run("step", tokens(1));
            Buffer loss = session.run("step", tokens(2)).values().iterator().next();
            MemorySegment read = arena.allocate(loss.type().bytes(), 8);
            session.read(loss, read);
            return read.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Which epilogues the device is asked for; it makes all of them. */
    private static Set<Epilogue> asked() {
        NullDevice device = Described.h200(1L << 30);
        Set<Epilogue> asked = EnumSet.noneOf(Epilogue.class);
        Device listening = (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("algorithms")) {
                        asked.add(((Multiplication) arguments[0]).epilogue());
                    }
                    return method.invoke(device, arguments);
                });
        try (CudaBackend backend = new CudaBackend(listening, BackendOptions.defaults(), store());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            session.run("step", Described.zeros(STEP, "step", Arena.ofAuto()));
        }
        return asked;
    }

    @Test
    void epiloguesCanBeLeftToKernels() {
        assertThat(asked()).contains(Epilogue.NONE).hasSizeGreaterThan(1);
        System.setProperty(CudaBackend.EPILOGUES, "NONE");
        try {
            assertThat(asked()).containsExactly(Epilogue.NONE);
            System.setProperty(CudaBackend.EPILOGUES, "NONE, RELU");
            assertThatThrownBy(CudaSessionTest::asked)
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("weft.cuda.epilogues: must name some of [NONE, BIAS,");
        } finally {
            System.clearProperty(CudaBackend.EPILOGUES);
        }
    }

    /** Indices into a table, of which some are outside; the other inputs are zeros. */
    private Map<String, MemorySegment> tokens(int token) {
        Map<String, MemorySegment> inputs = zeros();
        inputs.get("tokens").setAtIndex(ValueLayout.JAVA_INT, 3, token);
        return inputs;
    }

    @Test
    void anIndexOutsideItsTableIsToldByTheNextThatWaits() {
        try (Backend backend = new HostProvider(Order.FORWARD).open(BackendOptions.defaults());
                Session session = backend.compile(STEP, CompileOptions.DEFAULT)) {
            Buffer loss = session.run("step", tokens(1)).values().iterator().next();
            assertThatCode(() -> read(session, loss)).doesNotThrowAnyException();
            session.run("step", tokens(67));
            session.run("step", tokens(1));
            assertThatThrownBy(() -> read(session, loss))
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("gather: index must be in 0..66, got 67");
            assertThatCode(() -> read(session, loss)).doesNotThrowAnyException();
            session.expect("step", () -> tokens(1));
            session.run("step", tokens(-5));
            assertThatThrownBy(() -> read(session, loss)).hasMessageContaining("got -5");
        }
    }
}
