package dev.weft.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.Exp;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Random;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferentiateTest {

    private static final String CUBE = """
            program ops=1
            fn @cube(%0 "x": f64[]) {
              %1 = mul %0, %0 : f64[]
              %2 = mul %1, %0 : f64[]
              return %2
            }
            """;

    @Test
    void aLinearLayersGradientIsTwoProductsAsOneWouldWriteThem() {
        Graph loss = ProgramParser.parseGraph("""
                fn @loss(%0 "x": f32[8:B,4], %1 "w": f32[4,3], %2 "b": f32[3]) {
                  %3 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8:B,3]
                  %4 = broadcast %2 shape=[8:B,3] axes=[1] : f32[8:B,3]
                  %5 = add %3, %4 : f32[8:B,3]
                  %6 = tanh %5 : f32[8:B,3]
                  %7 = reduce_sum %6 axes=[0,1] : f32[]
                  return %7
                }
                """);
        assertThat(ProgramPrinter.print(Differentiate.gradient(loss, List.of(0, 1, 2))))
                .isEqualTo("""
                        fn @"loss.grad[0..2]"(%0 "x": f32[8:B,4], %1 "w": f32[4,3], %2 "b": f32[3]) {
                          %3 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8:B,3]
                          %4 = broadcast %2 shape=[8:B,3] axes=[1] : f32[8:B,3]
                          %5 = add %3, %4 : f32[8:B,3]
                          %6 = tanh %5 : f32[8:B,3]
                          %7 = reduce_sum %6 axes=[0,1] : f32[]
                          %8 = constant element=f32 value=1.0 : f32[]
                          %9 = broadcast %8 shape=[8:B,3] axes=[] : f32[8:B,3]
                          %10 = mul %6, %6 : f32[8:B,3]
                          %11 = sub %9, %10 : f32[8:B,3]
                          %12 = reduce_sum %11 axes=[0] : f32[3]
                          %13 = dot_general %11, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[8:B,4]
                          %14 = dot_general %0, %11 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[4,3]
                          return %7, %13, %14, %12
                        }
                        """);
    }

    @Test
    void aTiedEmbeddingAddsItsRowsToTheHeadsGradient() {
        Graph loss = ProgramParser.parseGraph("""
                fn @loss(%0 "wte": f32[9,4], %1 "ids": i32[8:T]) {
                  %2 = gather %0, %1 : f32[8:T,4]
                  %3 = dot_general %2, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[8:T,9]
                  %4 = exp %3 : f32[8:T,9]
                  %5 = reduce_sum %4 axes=[0,1] : f32[]
                  return %5
                }
                """);
        assertThat(ProgramPrinter.print(Differentiate.gradient(loss, List.of(0))))
                .isEqualTo("""
                        fn @"loss.grad[0]"(%0 "wte": f32[9,4], %1 "ids": i32[8:T]) {
                          %2 = gather %0, %1 : f32[8:T,4]
                          %3 = dot_general %2, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[8:T,9]
                          %4 = exp %3 : f32[8:T,9]
                          %5 = reduce_sum %4 axes=[0,1] : f32[]
                          %6 = dot_general %4, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8:T,4]
                          %7 = dot_general %4, %2 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[9,4]
                          %8 = constant element=f32 value=0.0 : f32[]
                          %9 = broadcast %8 shape=[9,4] axes=[] : f32[9,4]
                          %10 = scatter_add %9, %1, %6 : f32[9,4]
                          %11 = add %7, %10 : f32[9,4]
                          return %5, %11
                        }
                        """);
    }

    @Test
    void gradientsNest() {
        Program program = Differentiate.differentiate(ProgramParser.parse(CUBE + """
                fn @slope(%0 "x": f64[]) {
                  %1 = grad %0 function="cube" wrt=[0] result=1 path="" : f64[]
                  return %1
                }
                fn @curvature(%0 "x": f64[]) {
                  %1 = grad %0 function="slope" wrt=[0] result=1 path="" : f64[]
                  return %1
                }
                fn @third(%0 "x": f64[]) {
                  %1 = grad %0 function="curvature" wrt=[0] result=1 path="" : f64[]
                  return %1
                }
                """));
        assertThat(value(program, "slope", 5)).isEqualTo(75);
        assertThat(value(program, "curvature", 5)).isEqualTo(30);
        assertThat(value(program, "third", 5)).isEqualTo(6);
    }

    @Test
    void oneFunctionAndWrtMakeOneNewFunction() {
        Program program = Differentiate.differentiate(ProgramParser.parse(CUBE + """
                fn @main(%0 "x": f64[]) {
                  %1 = grad %0 function="cube" wrt=[0] result=0 path="" : f64[]
                  %2 = grad %0 function="cube" wrt=[0] result=1 path="" : f64[]
                  %3 = grad %1 function="cube" wrt=[0] result=1 path="" : f64[]
                  return %1, %2, %3
                }
                """));
        assertThat(program.functions()).extracting(Graph::name).containsExactly("cube", "cube.grad[0]", "main");
        assertThat(ProgramPrinter.print(program)).doesNotContain("= grad");
        assertThat(ProgramPrinter.print(ProgramParser.parse(ProgramPrinter.print(program))))
                .isEqualTo(ProgramPrinter.print(program));
    }

    @Test
    void forwardAndBackwardDrawTheSameNumbers() {
        Program program = Differentiate.differentiate(ProgramParser.parse("""
                program ops=1
                fn @noise(%0 "x": f32[3], %1 "seed": i32[]) {
                  %2 = random %1, %1 stream="mask" shape=[3] : f32[3]
                  %3 = mul %0, %2 : f32[3]
                  return %3
                }
                fn @loss(%0 "x": f32[3], %1 "seed": i32[]) {
                  %2 = call %0, %1 function="noise" result=0 path="drop" : f32[3]
                  %3 = reduce_sum %2 axes=[0] : f32[]
                  return %3
                }
                fn @main(%0 "x": f32[3], %1 "seed": i32[]) {
                  %2 = call %0, %1 function="loss" result=0 path="model" : f32[]
                  %3 = grad %0, %1 function="loss" wrt=[0] result=0 path="model" : f32[]
                  %4 = grad %0, %1 function="loss" wrt=[0] result=1 path="model" : f32[3]
                  return %2, %3, %4
                }
                entry main = @main reads [] inputs ["x", "seed"] outputs ["a", "b", "c"] writes []
                """));
        Graph main = new Inline().apply(program).function("main");
        assertThat(main.values())
                .filteredOn(value -> value.op() instanceof Random)
                .singleElement()
                .satisfies(value -> assertThat(((Random) value.op()).stream()).isEqualTo("model/drop/mask"));
        assertThat(main.results().get(0)).isSameAs(main.results().get(1));
        assertThat(main.results().get(2).op()).isInstanceOf(Random.class);
    }

    @Test
    void whatNothingFlowsToHasGradientZero() {
        Graph f = ProgramParser.parseGraph("""
                fn @f(%0 "x": f32[2], %1 "stopped": f32[2], %2 "unused": f32[2], %3 "stepped": f32[2]) {
                  %4 = stop_gradient %1 : f32[2]
                  %5 = mul %0, %4 : f32[2]
                  %6 = floor %3 : f32[2]
                  %7 = add %5, %6 : f32[2]
                  %8 = reduce_sum %7 axes=[0] : f32[]
                  return %8
                }
                """);
        assertThat(ProgramPrinter.print(Differentiate.gradient(f, List.of(0, 1, 2, 3))))
                .isEqualTo("""
                        fn @"f.grad[0..3]"(%0 "x": f32[2], %1 "stopped": f32[2], %2 "unused": f32[2], %3 "stepped": f32[2]) {
                          %4 = stop_gradient %1 : f32[2]
                          %5 = mul %0, %4 : f32[2]
                          %6 = floor %3 : f32[2]
                          %7 = add %5, %6 : f32[2]
                          %8 = reduce_sum %7 axes=[0] : f32[]
                          %9 = constant element=f32 value=0.0 : f32[]
                          %10 = broadcast %9 shape=[2] axes=[] : f32[2]
                          return %8, %4, %10, %10, %10
                        }
                        """);
    }

    @Test
    void onlyTheFirstResultIsDifferentiated() {
        Graph f = ProgramParser.parseGraph("""
                fn @f(%0 "x": f64[]) {
                  %1 = mul %0, %0 : f64[]
                  %2 = exp %0 : f64[]
                  return %1, %2
                }
                """);
        assertThat(values(Differentiate.gradient(f, List.of(0)), 3)).containsExactly(9.0, Math.exp(3), 6.0);
    }

    @Test
    void derivedValuesComeFromWhereTheirPrimalComesFrom() {
        GraphBuilder b = new GraphBuilder("f");
        Value x = b.parameter("x", TensorType.scalar(ElementType.F32));
        Origin origin = new Origin("gpt.weft:9:5", "blocks.0");
        b.at(origin);
        Graph gradient = Differentiate.gradient(b.build(List.of(b.add(new Exp(b.add(new Exp(x)))))), List.of(0));
        Value derived = gradient.results().get(1);
        assertThat(derived.op()).isInstanceOf(Mul.class);
        assertThat(gradient.provenance().of(derived)).containsExactly(origin);
    }

    @Test
    void tenThousandOpsNeedNoStack() throws InterruptedException {
        GraphBuilder b = new GraphBuilder("deep");
        Value x = b.parameter("x", TensorType.scalar(ElementType.F64));
        Value y = x;
        for (int i = 0; i < 10_000; i++) {
            y = b.add(new Add(y, b.constant(ElementType.F64, i)));
        }
        Graph deep = b.build(List.of(b.add(new Mul(y, y))));
        List<Graph> gradients = new ArrayList<>();
        Thread small = new Thread(
                null, () -> gradients.add(Differentiate.gradient(deep, List.of(0))), "small stack", 256 * 1024);
        small.start();
        small.join();

        assertThat(gradients).hasSize(1);
        assertThat(values(gradients.getFirst(), 0)[1]).isEqualTo(2 * 49_995_000.0);
    }

    @Test
    void aResultThatIsNoScalarIsRefused() {
        assertRefused(
                """
                fn @f(%0 "x": f32[2]) {
                  return %0
                }
                fn @main(%0 "x": f32[2]) {
                  %1 = grad %0 function="f" wrt=[0] result=1 path="" : f32[2]
                  return %1
                }
                """, "grad of f: the first result must be a float scalar, got f32[2]; sum it, or return it later");
    }

    @Test
    void anIntegerResultIsRefused() {
        assertRefused("""
                fn @f(%0 "x": f32[], %1 "n": i32[]) {
                  return %1, %0
                }
                fn @main(%0 "x": f32[], %1 "n": i32[]) {
                  %2 = grad %0, %1 function="f" wrt=[0] result=1 path="" : f32[]
                  return %2
                }
                """, "grad of f: the first result must be a float scalar, got i32[]; sum it, or return it later");
    }

    @Test
    void anIntegerArgumentIsRefused() {
        Graph f = ProgramParser.parseGraph("""
                fn @f(%0 "x": f32[], %1 "n": i32[]) {
                  return %0
                }
                """);
        assertThatThrownBy(() -> Differentiate.gradient(f, List.of(1)))
                .isInstanceOf(UserException.class)
                .hasMessage("grad of f: argument n must be a float to differentiate by it, got i32[]");
    }

    @Test
    void anUnknownFunctionIsRefused() {
        assertRefused("""
                fn @main(%0 "x": f32[]) {
                  %1 = grad %0 function="f" wrt=[0] result=1 path="" : f32[]
                  return %1
                }
                """, "program: has no function f; it has [main]");
    }

    @Test
    void aFunctionThatDifferentiatesItselfIsRefused() {
        assertRefused("""
                fn @f(%0 "x": f32[]) {
                  %1 = grad %0 function="g" wrt=[0] result=1 path="" : f32[]
                  return %1
                }
                fn @g(%0 "x": f32[]) {
                  %1 = call %0 function="f" result=0 path="" : f32[]
                  return %1
                }
                """, "function f: must not refer to itself, got a call or grad of it in g");
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertRefused("""
                fn @f(%0 "x": f32[]) {
                  return %0
                }
                fn @main(%0 "x": f32[2]) {
                  %1 = grad %0 function="f" wrt=[0] result=1 path="" : f32[2]
                  return %1
                }
                """, "grad of f: arguments must be [f32[]], got [f32[2]]");
    }

    @Test
    void aResultThatIsNotThereIsRefused() {
        assertRefused("""
                fn @f(%0 "x": f32[]) {
                  return %0
                }
                fn @main(%0 "x": f32[]) {
                  %1 = grad %0 function="f" wrt=[0] result=2 path="" : f32[]
                  return %1
                }
                """, "grad of f: result must be in 0..1, got 2");
    }

    private static void assertRefused(String functions, String message) {
        Program program = ProgramParser.parse("program ops=1\n" + functions);
        assertThatThrownBy(() -> Differentiate.differentiate(program))
                .isInstanceOf(UserException.class)
                .hasMessage(message);
    }

    private static double value(Program program, String function, double x) {
        return new Interpreter(program, Interpreter.Mode.EXACT)
                .evaluate(function, List.of(scalar(x)))
                .getFirst()
                .get(0);
    }

    private static double[] values(Graph graph, double x) {
        return Interpreter.evaluate(graph, List.of(scalar(x)), Interpreter.Mode.EXACT).stream()
                .mapToDouble(tensor -> tensor.get(0))
                .toArray();
    }

    private static Tensor scalar(double value) {
        return Tensor.of(TensorType.scalar(ElementType.F64), value);
    }
}
