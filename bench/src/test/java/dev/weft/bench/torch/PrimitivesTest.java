package dev.weft.bench.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Agreement;
import dev.weft.bench.torch.OpComparison.Findings;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.type.ElementType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every primitive on every backend of this machine against libtorch: results, and gradients of random weighted sums of them. */
class PrimitivesTest {

    private static final long SEED = 3000;
    /** Cases of an op on the first element type that it takes. */
    private static final int CASES = 20;

    /** Cases on each further one. */
    private static final int MORE_CASES = 5;

    /** Casts lead to nine types, and only those between floats have gradients. */
    private static final int CASTS = 60;

    /** Primitives that have been compared since the first op set. */
    private static final int COMPARED = 53;

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
        COMPARISONS.report("primitives");
    }

    /** A new op needs no row here before it works everywhere else; those without one are named in the log. */
    @Test
    void noPrimitiveLosesItsRow() {
        TreeSet<String> without = new TreeSet<>(OpSchema.byMnemonic().keySet());
        List.of("parameter", "call", "grad").forEach(without::remove);
        int primitives = without.size();
        OpTable.rows().values().forEach(row -> without.remove(row.mnemonic()));

        System.out.println("primitives that are not compared with libtorch: " + without);
        assertThat(primitives - without.size()).isGreaterThanOrEqualTo(COMPARED);
    }

    @TestFactory
    Stream<DynamicContainer> everyPrimitiveAgrees() {
        return Backends.find().stream()
                .filter(provider -> provider.score().value() > 0)
                .map(provider -> DynamicContainer.dynamicContainer(provider.name(), tests(provider)));
    }

    private static Stream<DynamicTest> tests(BackendProvider provider) {
        return OpTable.rows().entrySet().stream()
                .map(row ->
                        DynamicTest.dynamicTest(row.getKey(), () -> compare(provider, row.getKey(), row.getValue())));
    }

    private static void compare(BackendProvider provider, String key, OpTable.Row row) {
        String name = provider.name() + " " + key;
        ElementType element = ElementType.parse(key.substring(key.indexOf(' ') + 1));
        List<OpComparison> cases = IntStream.range(0, count(row, element))
                .mapToObj(i -> OpComparison.of(row.draw().apply(new OpShapes(element, SEED + i)), "case" + i))
                .toList();
        try (Backend backend = provider.open(BackendOptions.defaults());
                Session session = backend.compile(OpComparison.program(cases), CompileOptions.DEFAULT)) {
            for (int i = 0; i < cases.size(); i++) {
                String what = "%s: %s, seed %d".formatted(name, cases.get(i), SEED + i);
                check(name, what, cases.get(i).run(session, SEED + i));
            }
        }
        boolean smooth = cases.stream().anyMatch(one -> one.gradient().isPresent());
        int least = element == first(row) ? 20 : 1;
        assertThat(COMPARISONS.of(name).forward()).as(name).isGreaterThanOrEqualTo(least);
        assertThat(COMPARISONS.of(name).backward()).as(name).isGreaterThanOrEqualTo(smooth ? least : 0);
    }

    private static int count(OpTable.Row row, ElementType element) {
        if (element != first(row)) {
            return MORE_CASES;
        }
        return row.mnemonic().equals("cast") ? CASTS : CASES;
    }

    private static ElementType first(OpTable.Row row) {
        return Stream.of(ElementType.values())
                .filter(row.elements()::contains)
                .findFirst()
                .orElseThrow();
    }

    private static void check(String name, String what, Findings findings) {
        COMPARISONS.forward(name, findings.result());
        assertAgrees(what, findings.result());
        for (Agreement gradient : findings.gradients()) {
            COMPARISONS.backward(name, gradient);
            assertAgrees(what + ", a gradient", gradient);
        }
    }

    private static void assertAgrees(String what, Agreement agreement) {
        assertThat(agreement.within(RTOL)).as(what + ": " + agreement).isTrue();
    }
}
