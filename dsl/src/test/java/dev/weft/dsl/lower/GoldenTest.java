package dev.weft.dsl.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.text.ProgramPrinter;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The whole text of a small program, to be read beside its source. */
class GoldenTest {

    private static final String SOURCE = """
            model Layer(width) {
                param w: f32[width, width] = 0.5
                fn (x: f32[B, width]) -> f32[B, width] = tanh(x @ w)
            }
            model M(width = 2) {
                layers: 2 * Layer(width)
                state steps: f32[]
                fn loss(x: f32[B, width]) -> f32[] {
                    steps := steps + 1
                    for layer in layers { x = layer(x) }
                    sum(x * x)
                }
            }
            program P(model) {
                entry slope(x: f32[B, 2]) = grad(model.loss, wrt params(model))(x)
            }
            """;

    @Test
    void theTextOfASmallProgram() {
        assertThat(ProgramPrinter.print(Shipped.text(SOURCE, EntryRequest.of("slope", Map.of("B", 3L)))))
                .isEqualTo("""
                        program ops=1
                        stored param "layers.0.w" : f32[2,2]
                        stored param "layers.1.w" : f32[2,2]
                        stored state "steps" : f32[]
                        fn @Layer(%0 "x": f32[3:B,2], %1 "w": f32[2,2]) {
                          %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[3:B,2]
                          %3 = tanh %2 : f32[3:B,2]
                          return %3
                        }
                        fn @M.loss(%0 "x": f32[3:B,2], %1 "steps": f32[], %2 "layers.0.w": f32[2,2], %3 "layers.1.w": f32[2,2]) {
                          %4 = constant element=f32 value=1.0 : f32[]
                          %5 = add %1, %4 : f32[]
                          %6 = call %0, %2 function="Layer" result=0 path="layers.0" : f32[3:B,2]
                          %7 = call %6, %3 function="Layer" result=0 path="layers.1" : f32[3:B,2]
                          %8 = mul %7, %7 : f32[3:B,2]
                          %9 = reduce_sum %8 axes=[0,1] : f32[]
                          return %9, %5
                        }
                        fn @slope(%0 "layers.0.w": f32[2,2], %1 "layers.1.w": f32[2,2], %2 "steps": f32[], %3 "x": f32[3:B,2]) {
                          %4 = grad %3, %2, %0, %1 function="M.loss" wrt=[2,3] result=2 path="loss" : f32[2,2]
                          %5 = grad %3, %2, %0, %1 function="M.loss" wrt=[2,3] result=3 path="loss" : f32[2,2]
                          %6 = grad %3, %2, %0, %1 function="M.loss" wrt=[2,3] result=1 path="loss" : f32[]
                          return %4, %5, %6
                        }
                        fn @init(%0 "seed": i32[]) {
                          %1 = constant element=f32 value=0.5 : f32[]
                          %2 = broadcast %1 shape=[2,2] axes=[] : f32[2,2]
                          %3 = constant element=f32 value=0.0 : f32[]
                          return %2, %2, %3
                        }
                        entry init = @init reads [] inputs ["seed"] outputs [] writes ["layers.0.w", "layers.1.w", "steps"]
                        entry slope = @slope reads ["layers.0.w", "layers.1.w", "steps"] inputs ["x"] outputs ["result.layers.0.w", "result.layers.1.w"] writes ["steps"]
                        """);
    }
}
