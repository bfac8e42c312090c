package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.absent.Counts;
import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.plan.Location;
import dev.weft.graph.schedule.ScheduleVerifier;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The training step of GPT-2's smallest model on a device that is only described: what would be launched, copied and allocated, in each
 * element type that products may read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class Gpt2Step {
    private static final int STEPS = 3;

    private static final long B = 8;
    private static final long T = 1024;
    private static final long VOCABULARY = 50_257;

    private final ElementType precision;
    private final int kernels;
    private final long launches;
    private final Program program;
    private final NullDevice device = Described.h200(64L << 30);
    private final Arena arena = Arena.ofConfined();

    @TempDir
    static Path folder;

    Session session;
    private CudaBackend backend;
    private long recorded;

    /**
     * @param precision what products read
     * @param kernels most distinct kernels
     * @param launches most launches of kernels and products in a step
     */
    Gpt2Step(ElementType precision, int kernels, long launches) {
        this.precision = precision;
        this.kernels = kernels;
        this.launches = launches;
        program = Models.whole(EntryRequest.of("step", Map.of("B", B, "T", T)), precision);
    }

    @BeforeAll
    void compile() {
        backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.in(folder, CodeStore.LIMIT_BYTES));
        long start = System.nanoTime();
        session = backend.compile(program, CompileOptions.DEFAULT);
        System.out.printf(
                "%s: %d kernels, compiled in %.2f s with scheduling",
                getClass().getSimpleName(), backend.compiledKernels(), (System.nanoTime() - start) / 1e9);
        Counts before = device.counts();
        session.run("step", inputs());
        recorded = device.counts().since(before).recorded();
        System.out.printf("; %d launches in its graph%n", recorded);
    }

    private Map<String, MemorySegment> inputs() {
        return Described.zeros(program, "step", arena);
    }

    @AfterAll
    void close() {
        backend.close();
        arena.close();
    }

    @Test
    void aStepIsOneLaunchAndOneCopyFromTheHost() {
        Counts before = device.counts();
        for (int step = 0; step < STEPS; step++) {
            session.run("step", inputs());
        }
        Counts happened = device.counts().since(before);
        assertThat(happened.replays()).isEqualTo(STEPS);
        assertThat(happened.copiesIn()).isEqualTo(STEPS);
        assertThat(happened.launches() + happened.products() + happened.copiesOut())
                .isZero();
        assertThat(happened.allocations() + happened.synchronizations()).isZero();
    }

    /**
     * Gradients of biases are made by the products that make those of weights, squares for a clipped norm by one loop over all gradients,
     * and kernels that would differ by the order of operands only are one.
     */
    @Test
    void itsKernelsAndLaunchesAreWithinTheirCounts() {
        assertThat(backend.compiledKernels()).isLessThanOrEqualTo(kernels);
        assertThat(recorded).isLessThanOrEqualTo(launches);
    }

    @Test
    void itsScheduleIsWhole() {
        ScheduleVerifier.verify(session.schedules().get("step"));
    }

    /** Per layer what the CPU's schedules are held to, and some regions around the layers. */
    @Test
    void itsRegionsAreWithinTheBudgetOfTheCpu() {
        int layers = 12;
        int forward = 7;
        int backward = 14;
        int around = 12;
        assertThat(session.statistics().entries().get("step").regions())
                .isLessThanOrEqualTo(layers * (forward + backward) + around);
    }

    @Test
    void nothingHoldsAWeightForEachPairOfPositions() {
        session.schedules().get("step").regions().stream()
                .flatMap(region -> region.outputs().stream())
                .map(Value::type)
                .filter(type -> type.rank() == 4)
                .forEach(type -> assertThat(type.size(2) * type.size(3))
                        .as(type.toString())
                        .isLessThan(T * T));
    }

    /** In bf16 the gradient that products read is half as wide, and has memory of its own. */
    @Test
    void logitsAreStoredOnceAndTheirGradientTakesTheirPlace() {
        Map<ElementType, Set<Location>> places = new EnumMap<>(ElementType.class);
        new CollectedKernels().add(program).entries().get("step").forEach(steps -> steps.places()
                .forEach((value, place) -> {
                    if (value.type().shape().elements() >= B * T * VOCABULARY) {
                        places.computeIfAbsent(value.type().element(), type -> new HashSet<>())
                                .add(place);
                    }
                }));
        assertThat(places.keySet()).isEqualTo(EnumSet.of(ElementType.F32, precision));
        assertThat(places.values()).allSatisfy(same -> assertThat(same).hasSize(1));
    }
}
