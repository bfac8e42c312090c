package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GraphGeneratorTest {

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    private static GraphGenerator.Generated generate(long seed) {
        return GraphGenerator.generate(seed, 60, ElementType.F32, GraphGenerator.Kind.ANY);
    }

    @Test
    void equalSeedsGiveEqualGraphs() {
        assertThat(text(5)).isEqualTo(text(5)).isNotEqualTo(text(6));
    }

    private static String text(long seed) {
        return ProgramPrinter.print(generate(seed).program());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyResultIsFinite(long seed) {
        GraphGenerator.Generated generated = generate(seed);
        for (Tensor result : Interpreter.evaluate(generated.graph(), generated.inputs(), Interpreter.Mode.TYPED)) {
            assertThat(Arrays.stream(result.toArray()).allMatch(Double::isFinite))
                    .as("%s, result %s", generated, result.type())
                    .isTrue();
        }
    }

    @Test
    void everyOpComesUp() {
        Set<String> missing = new TreeSet<>(OpSchema.byMnemonic().keySet());
        missing.removeAll(Set.of("call", "grad"));
        for (long seed = 0; seed < 400 && !missing.isEmpty(); seed++) {
            generate(seed)
                    .graph()
                    .values()
                    .forEach(value -> missing.remove(value.op().mnemonic()));
        }
        assertThat(missing).isEmpty();
    }
}
