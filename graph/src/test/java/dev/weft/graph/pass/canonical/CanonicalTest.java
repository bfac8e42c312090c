package dev.weft.graph.pass.canonical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Neg;
import dev.weft.graph.op.Permute;
import dev.weft.graph.op.Sub;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriter;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.rewrite.RuleChecks;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalTest {

    static Stream<Rule<?>> rules() {
        return Canonical.RULES.stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleMakesOfItsExamplesWhatTheySay(Rule<?> rule) {
        Golden golden = Golden.of(rule);
        List<String> made = golden.pairs().stream()
                .map(pair -> ProgramPrinter.print(apply(rule, pair.before())))
                .toList();
        if (Golden.ACCEPT) {
            golden.accept(made);
        } else {
            assertThat(made.stream().map(String::strip))
                    .isEqualTo(golden.pairs().stream().map(Golden.Pair::after).toList());
        }
        for (int i = 0; i < made.size(); i++) {
            assertThat(made.get(i))
                    .as("%s fires", rule.name())
                    .isNotEqualTo(ProgramPrinter.print(golden.pairs().get(i).before()));
        }
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleHasAnExampleAndACounterexample(Rule<?> rule) {
        Golden golden = Golden.of(rule);
        assertThat(golden.pairs()).isNotEmpty();
        assertThat(golden.stays()).isNotEmpty().allSatisfy(graph -> assertThat(ProgramPrinter.print(apply(rule, graph)))
                .isEqualTo(ProgramPrinter.print(graph)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleKeepsItsPromiseOnSpecialValues(Rule<?> rule) {
        Golden.of(rule)
                .pairs()
                .forEach(pair -> RuleChecks.assertSame(pair.before(), apply(rule, pair.before()), rule.promise()));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void allRulesTogetherConvergeAndKeepTheMeaning(Rule<?> rule) {
        Golden golden = Golden.of(rule);
        Stream.concat(golden.pairs().stream().map(Golden.Pair::before), golden.stays().stream())
                .forEach(graph -> {
                    Graph once = new Canonical().apply(graph);
                    assertThat(ProgramPrinter.print(new Canonical().apply(once)))
                            .isEqualTo(ProgramPrinter.print(once));
                    RuleChecks.assertSame(graph, once, Promise.ROUNDING);
                });
    }

    /** {@code x · 0 -> 0}: wrong for NaN and infinities. */
    private static final class MulByZero implements Rule<Mul> {
        @Override
        public Class<Mul> root() {
            return Mul.class;
        }

        @Override
        public Promise promise() {
            return Promise.ROUNDING;
        }

        @Override
        public @Nullable Value rewrite(Mul op, Value value, Rewriting to) {
            return Match.is(op.y(), 0) ? op.y() : null;
        }
    }

    /** {@code x + 0.0 -> x}: wrong for −0.0. */
    private static final class AddZero implements Rule<Add> {
        @Override
        public Class<Add> root() {
            return Add.class;
        }

        @Override
        public Promise promise() {
            return Promise.BITS;
        }

        @Override
        public @Nullable Value rewrite(Add op, Value value, Rewriting to) {
            return Match.is(op.y(), 0) ? op.x() : null;
        }
    }

    /** {@code permute(permute(x)) -> permute(x)} with the two composed the wrong way round. */
    private static final class PermuteInWrongOrder implements Rule<Permute> {
        @Override
        public Class<Permute> root() {
            return Permute.class;
        }

        @Override
        public Promise promise() {
            return Promise.BITS;
        }

        @Override
        public @Nullable Value rewrite(Permute op, Value value, Rewriting to) {
            return op.x().op() instanceof Permute inner
                    ? to.add(new Permute(
                            inner.x(), inner.axes().stream().map(op.axes()::get).toList()))
                    : null;
        }
    }

    @Test
    void wrongRulesAreFound() {
        Graph zero = ProgramParser.parseGraph("""
                fn @f(%0 "x": f32[]) {
                  %1 = constant element=f32 value=0.0 : f32[]
                  %2 = mul %0, %1 : f32[]
                  %3 = add %0, %1 : f32[]
                  return %2, %3
                }
                """);
        Graph permuted = ProgramParser.parseGraph("""
                fn @f(%0 "x": f32[2,2,2]) {
                  %1 = permute %0 axes=[1,2,0] : f32[2,2,2]
                  %2 = permute %1 axes=[1,0,2] : f32[2,2,2]
                  return %2
                }
                """);
        assertFound(new MulByZero(), zero);
        assertFound(new AddZero(), zero);
        assertFound(new PermuteInWrongOrder(), permuted);
    }

    private static void assertFound(Rule<?> wrong, Graph graph) {
        assertThatThrownBy(() -> RuleChecks.assertSame(graph, apply(wrong, graph), wrong.promise()))
                .as(wrong.name())
                .isInstanceOf(AssertionError.class);
    }

    /** {@code x + y -> y + x}, for ever. */
    private static final class Restless implements Rule<Add> {
        @Override
        public Class<Add> root() {
            return Add.class;
        }

        @Override
        public Promise promise() {
            return Promise.BITS;
        }

        @Override
        public Value rewrite(Add op, Value value, Rewriting to) {
            return to.add(new Add(op.y(), op.x()));
        }
    }

    @Test
    void rulesThatGoInCirclesAreFound() {
        Graph graph = ProgramParser.parseGraph("""
                fn @f(%0 "x": f32[], %1 "y": f32[]) {
                  %2 = add %0, %1 : f32[]
                  return %2
                }
                """);
        assertThatThrownBy(() -> apply(new Restless(), graph))
                .hasMessage("graph f: rules go in circles, restless fired last");
    }

    @Test
    void aChainOfTenThousandNeedsNoStack() throws InterruptedException {
        GraphBuilder b = new GraphBuilder("chain");
        Value x = b.parameter("x", TensorType.of(ElementType.F32, 2));
        Value y = x;
        for (int i = 0; i < 5_000; i++) {
            y = b.add(new Sub(b.add(new Neg(y)), x));
        }
        Graph chain = b.build(List.of(y));
        List<Graph> done = new ArrayList<>();
        Thread small = new Thread(null, () -> done.add(new Canonical().apply(chain)), "small stack", 256 * 1024);
        small.start();
        small.join();
        assertThat(done).hasSize(1);
    }

    @Test
    void originsGoAlong() {
        GraphBuilder b = new GraphBuilder("f");
        Value x = b.parameter("x", TensorType.of(ElementType.F32, 2));
        Value y = b.parameter("y", TensorType.of(ElementType.F32, 2));
        b.at(new Origin("a.weft:1:2", "blocks.0"));
        Graph graph = b.build(List.of(b.add(new Add(x, b.add(new Neg(y))))));
        Graph canonical = new Canonical().apply(graph);
        assertThat(canonical.provenance().of(canonical.results().getFirst()))
                .containsExactly(new Origin("a.weft:1:2", "blocks.0"));
    }

    private static Graph apply(Rule<?> rule, Graph graph) {
        return new Rewriter(List.of(rule)).rewrite(graph);
    }
}
