package dev.weft.bench.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.bench.torch.ProgramComparison.Finding;
import dev.weft.bench.torch.ProgramComparison.Optimizer;
import dev.weft.models.Weft;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The shipped programs against libtorch under random bindings: loss, every gradient, and training steps of both optimizers. */
class ProgramsTest {

    private static final long SEED = 500;
    private static final int BINDINGS = 20;
    private static final int TRAININGS = 2;
    private static final int STEPS = 4;

    /** f32 against f64. */
    private static final double RTOL = 1e-4;

    private static final Comparisons COMPARISONS = new Comparisons();

    @BeforeAll
    static void libtorchIsThere() {
        Optional<String> missing = Torch.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    @AfterAll
    static void report() throws IOException {
        COMPARISONS.report("programs");
    }

    @TestFactory
    Stream<DynamicContainer> everyProgramAgrees() {
        return Backends.find().stream()
                .filter(provider -> provider.score().value() > 0)
                .map(provider -> DynamicContainer.dynamicContainer(
                        provider.name(),
                        Stream.of("gpt", "llama", "mlp")
                                .map(program -> DynamicContainer.dynamicContainer(program, tests(provider, program)))));
    }

    private static Stream<DynamicTest> tests(BackendProvider provider, String program) {
        return Stream.concat(
                IntStream.range(0, BINDINGS).mapToObj(i -> {
                    Binding binding = Binding.of(program, new Random(SEED + i));
                    return DynamicTest.dynamicTest(
                            "gradients of " + binding, () -> gradients(provider, binding, SEED + i));
                }),
                IntStream.range(0, TRAININGS).mapToObj(i -> {
                    Binding binding = Binding.of(program, new Random(-SEED - i));
                    return DynamicTest.dynamicTest("training of " + binding, () -> steps(provider, binding, -SEED - i));
                }));
    }

    private static void gradients(BackendProvider provider, Binding binding, long seed) {
        Random random = new Random(seed);
        try (Weft weft = Weft.open(provider.name(), 2);
                ProgramComparison comparison =
                        new ProgramComparison(weft, binding, adamW(random), ProgramComparison.ACCUMULATE, random)) {
            List<Finding> findings = comparison.gradients();
            String name = provider.name() + " " + binding.program();
            COMPARISONS.forward(name, findings.getFirst().agreement());
            findings.stream().skip(1).forEach(finding -> COMPARISONS.backward(name, finding.agreement()));
            check(findings, binding, seed);
        }
    }

    private static void steps(BackendProvider provider, Binding binding, long seed) {
        Random random = new Random(seed);
        Optimizer optimizer = seed % 2 == 0 ? adamW(random) : sgd(random);
        try (Weft weft = Weft.open(provider.name(), 2);
                ProgramComparison comparison =
                        new ProgramComparison(weft, binding, optimizer, ProgramComparison.STEP, random)) {
            List<Finding> findings = comparison.steps(STEPS);
            String name = provider.name() + " " + binding.program() + " " + optimizer.file();
            findings.forEach(finding -> COMPARISONS.forward(name, finding.agreement()));
            check(findings, binding, seed);
        }
    }

    private static void check(List<Finding> findings, Binding binding, long seed) {
        for (Finding finding : findings) {
            assertThat(finding.agreement().within(RTOL))
                    .as("%s of %s, seed %d: %s", finding.what(), binding, seed, finding.agreement())
                    .isTrue();
        }
    }

    /** Epsilon is large enough that gradients which are 0 but for rounding stay without effect. */
    private static Optimizer adamW(Random random) {
        int rank = random.nextInt(3);
        return new Optimizer(
                "adamw",
                Map.of("beta1", "0.8", "beta2", "0.97", "eps", "1e-4", "decay", "0.2", "decay_from_rank", "" + rank),
                0.01f,
                TorchTraining.adamW(0.01f, 0.8, 0.97, 1e-4, 0.2, rank));
    }

    private static Optimizer sgd(Random random) {
        int rank = random.nextInt(3);
        return new Optimizer(
                "sgd",
                Map.of("momentum", "0.7", "decay", "0.1", "decay_from_rank", "" + rank),
                0.05f,
                TorchTraining.sgd(0.05f, 0.7, 0.1, rank));
    }
}
