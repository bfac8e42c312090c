package dev.weft.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.GradientCheck;
import dev.weft.backend.testkit.OpSample;
import dev.weft.backend.testkit.OpSamples;
import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Program;
import dev.weft.graph.op.Add;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.type.ElementType;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every row of the table against finite differences, at the points of the op samples, in f64. */
class DerivativesTest {

    private static final long SEED = 20;
    private static final double RTOL = 1e-7;

    /** Ops whose derivative is zero: twice that is right. */
    private static final Set<String> FLAT = Set.of("floor", "round", "sign");

    @TestFactory
    Stream<DynamicTest> everyRowAgreesWithFiniteDifferences() {
        return smoothSamples()
                .map(sample -> DynamicTest.dynamicTest(
                        sample.name(), () -> assertAgrees(sample, first(sample, Derivatives::new))));
    }

    @TestFactory
    Stream<DynamicTest> everyRowOfEveryRowAgreesToo() {
        return smoothSamples()
                .map(sample -> DynamicTest.dynamicTest(sample.name(), () -> {
                    GradientCheck first = first(sample, Derivatives::new);
                    Graph gradients = GradientCheck.weighted(first.gradient(), 1);
                    if (!gradients.results().isEmpty()) {
                        assertAgrees(sample, check(gradients, first.wrt(), Derivatives::new));
                    }
                }));
    }

    /** The check itself: with one row doubled, that row's samples must fail. */
    @TestFactory
    Stream<DynamicTest> aWrongRowIsFound() {
        Set<String> mnemonics = new TreeSet<>();
        smoothSamples().forEach(sample -> mnemonics.add(mnemonic(sample)));
        mnemonics.removeAll(FLAT);
        mnemonics.removeAll(Set.of("call", "grad", "parameter"));
        return mnemonics.stream()
                .map(mnemonic -> DynamicTest.dynamicTest(mnemonic, () -> {
                    boolean found = smoothSamples()
                            .filter(sample -> mnemonic(sample).equals(mnemonic))
                            .anyMatch(sample -> !agreement(sample, first(sample, doubled(mnemonic)))
                                    .within(RTOL));
                    assertThat(found).isTrue();
                }));
    }

    /** The true table, but for one row that gives twice too much. (A sign would cancel in rows that the weighted sum itself uses.) */
    private static Function<GraphBuilder, DerivativeTable> doubled(String mnemonic) {
        return builder -> {
            Derivatives right = new Derivatives(builder);
            return (op, z, dz) -> {
                List<DerivativeTable.Term> terms = right.terms(op, z, dz);
                return op.mnemonic().equals(mnemonic)
                        ? terms.stream()
                                .map(term -> new DerivativeTable.Term(
                                        term.operand(), builder.add(new Add(term.gradient(), term.gradient()))))
                                .toList()
                        : terms;
            };
        };
    }

    private static Stream<OpSample> smoothSamples() {
        return OpSamples.mnemonics().stream()
                .filter(mnemonic -> !mnemonic.equals("stop_gradient"))
                .filter(mnemonic -> OpSamples.elements(mnemonic).contains(ElementType.F64))
                .flatMap(mnemonic -> OpSamples.of(mnemonic, ElementType.F64, 4, SEED).stream())
                .filter(sample -> sample.kind() == OpSample.Kind.SMOOTH)
                .filter(sample ->
                        sample.graph().resultTypes().getFirst().element().isFloat())
                .filter(sample -> !GradientCheck.floats(sample.graph()).isEmpty());
    }

    private static String mnemonic(OpSample sample) {
        return sample.graph().results().getFirst().op().mnemonic();
    }

    /** The sample's op under a weighted sum, and its gradient. */
    private static GradientCheck first(OpSample sample, Function<GraphBuilder, DerivativeTable> table) {
        Program program = Differentiate.differentiate(sample.program());
        Graph flat = Inline.inline(program.function(OpSample.ENTRY), program::function);
        return check(GradientCheck.weighted(flat, 0), GradientCheck.floats(sample.graph()), table);
    }

    private static GradientCheck check(Graph f, List<Integer> wrt, Function<GraphBuilder, DerivativeTable> table) {
        return new GradientCheck(f, Sweep.gradient(f, wrt, "gradient", table), wrt);
    }

    private static Agreement agreement(OpSample sample, GradientCheck check) {
        List<Tensor> inputs = GradientCheck.completed(check.f(), sample.inputs(), SEED);
        return check.alongDirection(inputs, SEED);
    }

    private static void assertAgrees(OpSample sample, GradientCheck check) {
        Agreement agreement = agreement(sample, check);
        assertThat(agreement.within(RTOL))
                .as(sample.name() + ", seed " + SEED + ": " + agreement)
                .isTrue();
    }
}
