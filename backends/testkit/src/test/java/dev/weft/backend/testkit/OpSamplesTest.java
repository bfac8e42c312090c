package dev.weft.backend.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Value;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpSamplesTest {

    static Stream<String> mnemonics() {
        return OpSchema.byMnemonic().keySet().stream();
    }

    @Test
    void everyOpHasARow() {
        assertThat(OpSamples.mnemonics())
                .containsExactlyInAnyOrderElementsOf(OpSchema.byMnemonic().keySet());
    }

    @ParameterizedTest
    @MethodSource("mnemonics")
    void everySampleShowsTheOpOfItsRow(String mnemonic) {
        for (ElementType element : OpSamples.elements(mnemonic)) {
            assertThat(OpSamples.of(mnemonic, element, 3, 1)).isNotEmpty().allSatisfy(sample -> assertThat(
                            sample.graph().results().getFirst().op().mnemonic())
                    .isEqualTo(mnemonic));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 7, 8, 9})
    void everySampleHasAValueOfItsTypeInEverySize(long size) {
        for (String mnemonic : OpSamples.mnemonics()) {
            for (ElementType element : OpSamples.elements(mnemonic)) {
                OpSamples.of(mnemonic, element, size, 2).forEach(OpSamplesTest::evaluate);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("mnemonics")
    void operandsOfEverySampleAreThoseOfItsComponents(String mnemonic) {
        for (ElementType element : OpSamples.elements(mnemonic)) {
            assertThat(OpSamples.of(mnemonic, element, 3, 1))
                    .allSatisfy(sample -> assertThat(sample.graph().values())
                            .allSatisfy(value -> assertThat(value.op().operands())
                                    .isEqualTo(OpSchema.of(value.op()).operands(value.op()))));
        }
    }

    @ParameterizedTest
    @MethodSource("mnemonics")
    void everySampleIsPrintedAndReadBack(String mnemonic) {
        for (ElementType element : OpSamples.elements(mnemonic)) {
            for (OpSample sample : OpSamples.of(mnemonic, element, 3, 1)) {
                String text = ProgramPrinter.print(sample.program());
                assertThat(ProgramPrinter.print(ProgramParser.parse(text)))
                        .as(sample.name())
                        .isEqualTo(text);
            }
        }
    }

    private static void evaluate(OpSample sample) {
        Value result = sample.graph().results().getFirst();
        if (result.op() instanceof Primitive op && !(op instanceof Parameter)) {
            List<Tensor> operands = op.operands().stream()
                    .map(operand -> sample.inputs().get(((Parameter) operand.op()).index()))
                    .toList();
            assertThat(op.evaluate(operands).type()).as(sample.name()).isEqualTo(result.type());
        }
    }

    @Test
    void equalSeedsGiveEqualSamples() {
        assertThat(inputs(7)).isEqualTo(inputs(7)).isNotEqualTo(inputs(8));
    }

    private static List<String> inputs(long seed) {
        return OpSamples.of("add", ElementType.F32, 5, seed).stream()
                .flatMap(sample -> sample.inputs().stream())
                .map(tensor -> Arrays.toString(tensor.toArray()))
                .toList();
    }
}
