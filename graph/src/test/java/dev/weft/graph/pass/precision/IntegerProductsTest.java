package dev.weft.graph.pass.precision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Program;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.pass.weights.WeightType;
import dev.weft.graph.pass.weights.Weights;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.verify.Verifier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntegerProductsTest {

    private static final String PRODUCT = """
            program ops=%d
            stored param "w" : f32[%d,96]
            fn @f(%%0 "w": f32[%2$d,96], %%1 "x": f32[%3$d,%2$d]) {
              %%2 = dot_general %%1, %%0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[%3$d,96]
              return %%2
            }
            entry f = @f reads ["w"] inputs ["x"] outputs ["y"] writes []
            """;

    private static Program program(long depth, long rows) {
        return ProgramParser.parse(PRODUCT.formatted(Primitive.VERSION, depth, rows));
    }

    private static Program in(WeightType type, Program program) {
        return new Precision(ElementType.BF16).apply(new Weights(type).apply(program));
    }

    private static String integers(Program program) {
        Program integers = new IntegerProducts().apply(program);
        Verifier.verify(integers, "integers", List.of());
        String text = ProgramPrinter.print(integers);
        assertThat(ProgramPrinter.print(ProgramParser.parse(text))).isEqualTo(text);
        return text;
    }

    @Test
    void rowsAreRoundedAndWeightsAreReadAsTheyAreRestored() {
        String text = integers(in(WeightType.INT8, program(128, 5)));

        assertThat(text)
                .contains("reshape %8 shape=[5,2,64]", "round", "element=i8 : i8[5,2,64]")
                .contains("dot_general %32, %7 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32");
        assertThat(text.lines().filter(line -> line.contains("bf16[96,128]"))).isEmpty();
    }

    /** Few rows, groups that are not whole, weights that are no integers. */
    @ParameterizedTest
    @CsvSource({"128,4,INT8", "128,1,INT8", "130,16,INT8", "32,16,INT8", "128,16,BF16", "128,16,F32"})
    void otherProductsStay(long depth, long rows, WeightType type) {
        Program before = in(type, program(depth, rows));

        assertThat(integers(before)).isEqualTo(ProgramPrinter.print(before));
    }
}
