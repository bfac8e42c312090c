package dev.weft.backend.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProductsInF32Test {

    private static Graph graph(String text) {
        return ProgramParser.parseGraph(text);
    }

    private static void becomes(String before, String after) {
        Graph made = ProductsInF32.of(graph(before));
        assertThat(ProgramPrinter.print(made)).isEqualTo(ProgramPrinter.print(graph(after)));
    }

    /** What only moves elements comes behind the cast, so that a product reads it in place. */
    @Test
    void castsStandBeforeMovements() {
        becomes("""
                fn @f(%0 "x": f32[8,6], %1 "w": bf16[8,6]) {
                  %2 = cast %0 element=bf16 : bf16[8,6]
                  %3 = permute %1 axes=[1, 0] : bf16[6,8]
                  %4 = dot_general %2, %3 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8,8]
                  %5 = dot_general %2, %1 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[6,6]
                  return %4, %5
                }
                """, """
                fn @f(%0 "x": f32[8,6], %1 "w": bf16[8,6]) {
                  %2 = cast %1 element=f32 : f32[8,6]
                  %3 = cast %0 element=bf16 : bf16[8,6]
                  %4 = cast %3 element=f32 : f32[8,6]
                  %5 = permute %2 axes=[1, 0] : f32[6,8]
                  %6 = dot_general %4, %5 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8,8]
                  %7 = dot_general %4, %2 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[6,6]
                  return %6, %7
                }
                """);
    }

    /** A product that gave bf16 is rounded as it was. */
    @Test
    void aNarrowResultIsRoundedBehindTheProduct() {
        becomes("""
                fn @f(%0 "x": bf16[8,6], %1 "w": bf16[6,8]) {
                  %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=bf16 : bf16[8,8]
                  return %2
                }
                """, """
                fn @f(%0 "x": bf16[8,6], %1 "w": bf16[6,8]) {
                  %2 = cast %0 element=f32 : f32[8,6]
                  %3 = cast %1 element=f32 : f32[6,8]
                  %4 = dot_general %2, %3 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8,8]
                  %5 = cast %4 element=bf16 : bf16[8,8]
                  return %5
                }
                """);
    }

    /** Few rows, weights that are restored as they are read, and f32 stay as they are. */
    @Test
    void whatHasAKernelOfItsOwnStays() {
        String same = """
                fn @f(%0 "x": bf16[4,64], %1 "w": bf16[64,8], %2 "y": f32[8,64], %3 "q": i8[8,64], %4 "s": f32[8,1]) {
                  %5 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,8]
                  %6 = cast %3 element=f32 : f32[8,64]
                  %7 = broadcast %4 shape=[8, 1, 64] axes=[0, 1] : f32[8,1,64]
                  %8 = reshape %7 shape=[8, 64] : f32[8,64]
                  %9 = mul %6, %8 : f32[8,64]
                  %10 = cast %9 element=bf16 : bf16[8,64]
                  %11 = cast %2 element=bf16 : bf16[8,64]
                  %12 = dot_general %11, %10 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[8,8]
                  return %5, %12
                }
                """;
        becomes(same, same);
    }

    @Test
    void theNumbersAreTheSame() {
        Graph graph = graph("""
                fn @f(%0 "x": f32[8,6], %1 "w": f32[6,8]) {
                  %2 = cast %0 element=bf16 : bf16[8,6]
                  %3 = cast %1 element=bf16 : bf16[6,8]
                  %4 = dot_general %2, %3 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8,8]
                  return %4
                }
                """);
        List<Tensor> inputs = graph.parameters().stream()
                .map(parameter -> Tensor.of(
                        parameter.type(),
                        IntStream.range(0, 48)
                                .mapToDouble(i -> (float) Math.sin((double) i * i))
                                .toArray()))
                .toList();
        assertThat(result(ProductsInF32.of(graph), inputs)).isEqualTo(result(graph, inputs));
    }

    private static double[] result(Graph graph, List<Tensor> inputs) {
        return Interpreter.evaluate(graph, inputs, Interpreter.Mode.TYPED)
                .getFirst()
                .toArray();
    }
}
