package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.op.Sub;
import dev.weft.graph.op.Tanh;
import dev.weft.graph.pass.Pass;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.canonical.Canonical;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriter;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeaningCheckTest {

    private static final TensorType SCALAR = TensorType.scalar(ElementType.F32);

    private static final Program PROGRAM = ProgramParser.parse("""
            program ops=%d
            stored state "total" : f32[]
            fn @body(%%0 "total" : f32[], %%1 "x" : f32[]) {
              %%2 = tanh %%1 : f32[]
              %%3 = sub %%0, %%2 : f32[]
              return %%2, %%3
            }
            entry main = @body reads ["total"] inputs ["x"] outputs ["y"] writes ["total"]
            """.formatted(Primitive.VERSION));

    private static final MeaningCheck CHECK =
            new MeaningCheck("main", Map.of("total", Tensor.of(SCALAR, 1)), Map.of("x", Tensor.of(SCALAR, 0.5)), 1e-9);

    /** {@code x - y -> y}: wrong. */
    private record SubOfAnything() implements Rule<Sub> {

        @Override
        public Class<Sub> root() {
            return Sub.class;
        }

        @Override
        public Promise promise() {
            return Promise.VALUES;
        }

        @Override
        public Value rewrite(Sub op, Value value, Rewriting to) {
            return op.y();
        }
    }

    /** {@code tanh(x) -> x}: wrong. */
    private record TanhOfAnything() implements Rule<Tanh> {

        @Override
        public Class<Tanh> root() {
            return Tanh.class;
        }

        @Override
        public Promise promise() {
            return Promise.VALUES;
        }

        @Override
        public Value rewrite(Tanh op, Value value, Rewriting to) {
            return op.x();
        }
    }

    private record Planted(Rule<?> rule) implements Pass.OnFunctions {

        @Override
        public String name() {
            return "planted";
        }

        @Override
        public String summary() {
            return "is wrong";
        }

        @Override
        public Graph apply(Graph function) {
            return new Rewriter(List.of(rule)).rewrite(function);
        }
    }

    @Test
    void rightPassesChangeNothing() {
        assertThat(CHECK.firstPass(Pipeline.of(new Inline(), new Canonical()), PROGRAM))
                .isEmpty();
        assertThat(CHECK.firstRule(Canonical.RULES, PROGRAM)).isEmpty();
    }

    @Test
    void theFirstWrongPassIsNamedWithWhatItChanges() {
        Pipeline passes = Pipeline.of(new Inline(), new Planted(new TanhOfAnything()), new Canonical());

        MeaningCheck.Change change = CHECK.firstPass(passes, PROGRAM).orElseThrow();

        assertThat(change.by()).isEqualTo("planted");
        assertThat(change.tensor()).isEqualTo("y");
        assertThat(change.agreement().got()).isEqualTo(0.5);
        assertThat(change.agreement().wanted()).isEqualTo(Math.tanh(0.5));
        assertThat(change).hasToString("planted changes y: " + change.agreement());
    }

    @Test
    void aStoredTensorIsAResultToo() {
        assertThat(CHECK.firstPass(Pipeline.of(new Planted(new SubOfAnything())), PROGRAM))
                .hasValueSatisfying(change -> assertThat(change.tensor()).isEqualTo("stored total"));
    }

    @Test
    void theFirstWrongRuleIsNamed() {
        List<Rule<?>> rules = new ArrayList<>(Canonical.RULES);
        rules.add(20, new SubOfAnything());

        assertThat(CHECK.firstRule(rules, PROGRAM))
                .hasValueSatisfying(change -> assertThat(change.by()).isEqualTo("rule sub_of_anything"));
    }
}
