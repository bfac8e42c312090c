package dev.weft.graph.pass.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.verify.Verifier;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTest {

    private static final String LINEAR = """
            program ops=%d
            stored param "w" : f32[3,2]
            stored state "n" : f32[3,2]
            fn @step(%%0 "w": f32[3,2], %%1 "n": f32[3,2], %%2 "x": f32[4,3], %%3 "d": f32[4,2]) {
              %%4 = dot_general %%2, %%0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,2]
              %%5 = dot_general %%2, %%3 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[3,2]
              %%6 = sub %%0, %%5 : f32[3,2]
              return %%4, %%6
            }
            entry step = @step reads ["w", "n"] inputs ["x", "d"] outputs ["y"] writes ["w"]
            """.formatted(dev.weft.graph.op.Primitive.VERSION);

    private static Program program(String function) {
        return ProgramParser.parse("program ops=" + dev.weft.graph.op.Primitive.VERSION + "\n" + function);
    }

    private static Program inBf16(Program program) {
        Program narrowed = new Precision(ElementType.BF16).apply(program);
        Verifier.verify(narrowed, "precision", List.of());
        assertThat(ProgramPrinter.print(ProgramParser.parse(ProgramPrinter.print(narrowed))))
                .isEqualTo(ProgramPrinter.print(narrowed));
        return narrowed;
    }

    @Test
    void f32ChangesNothing() {
        Program program = new Program(List.of(), List.of(), List.of());
        assertThat(new Precision(ElementType.F32).apply(program)).isSameAs(program);
    }

    @Test
    void anotherPrecisionIsRefused() {
        assertThatThrownBy(() -> new Precision(ElementType.F16))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "precision: must be f32 or bf16, got f16, whose gradients underflow; bf16 has the range of f32");
    }

    @Test
    void aRowReadsTheShadowOfAParamButACacheAsItIs() {
        Program narrowed = inBf16(program("""
                stored param "w" : f32[64,80]
                stored cache "k" : f32[80,64]
                fn @step(%0 "w": f32[64,80], %1 "k": f32[80,64], %2 "x": f32[1,64]) {
                  %3 = dot_general %2, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[1,80]
                  %4 = dot_general %2, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[1,80]
                return %3, %4
                }
                entry step = @step reads ["w", "k"] inputs ["x"] outputs ["y", "z"] writes []
                """));

        String text = ProgramPrinter.print(narrowed);
        assertThat(text).contains("stored shadow \"w@bf16\" : bf16[64,80]").doesNotContain("k@bf16");
        assertThat(text.lines()
                        .filter(line -> line.contains(" = cast "))
                        .filter(line -> line.endsWith(": bf16[80,64]")))
                .isEmpty();
        assertThat(text.lines().filter(line -> line.contains("dot_general"))).hasSize(2);
    }

    /** The gradients of queries, keys and values are summed over rows, joined, and read by a product and by the gradient of a bias. */
    @Test
    void whatIsJoinedIsCastOnceBehindTheJoin() {
        Program narrowed = inBf16(program("""
                fn @step(%0 "p": f32[2,3,5,5], %1 "v": f32[2,3,5,4], %2 "x": f32[2,5,8]) {
                  %3 = dot_general %0, %1 x_batch=[0,1] y_batch=[0,1] x_contract=[2] y_contract=[2] element=f32 : f32[2,3,5,4]
                  %4 = permute %3 axes=[0,2,1,3] : f32[2,5,3,4]
                  %5 = reshape %4 shape=[2,5,12] : f32[2,5,12]
                  %6 = exp %5 : f32[2,5,12]
                  %7 = concat %5, %6 axis=2 : f32[2,5,24]
                  %8 = reduce_sum %7 axes=[0,1] : f32[24]
                  %9 = dot_general %2, %7 x_batch=[] y_batch=[] x_contract=[0,1] y_contract=[0,1] element=f32 : f32[8,24]
                  return %8, %9
                }
                entry step = @step reads [] inputs ["p", "v", "x"] outputs ["bias", "weight"] writes []
                """));

        assertThat(ProgramPrinter.print(narrowed))
                .contains("concat")
                .doesNotContain(": bf16[2,5,12]")
                .containsOnlyOnce(": bf16[2,5,24]");
    }

    @Test
    void productsReadCastsAndShadowsAndWhoWritesAParamWritesItsShadow() {
        Program narrowed = inBf16(ProgramParser.parse(LINEAR));

        assertThat(narrowed.stored("w@bf16")).satisfies(shadow -> {
            assertThat(shadow.role()).isEqualTo(Stored.Role.SHADOW);
            assertThat(shadow.source()).isEqualTo("w");
        });
        assertThat(ProgramPrinter.print(narrowed.function("step"))).isEqualTo("""
                        fn @step(%0 "w": f32[3,2], %1 "n": f32[3,2], %2 "w@bf16": bf16[3,2], %3 "x": f32[4,3], %4 "d": f32[4,2]) {
                          %5 = cast %3 element=bf16 : bf16[4,3]
                          %6 = cast %4 element=bf16 : bf16[4,2]
                          %7 = dot_general %5, %2 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4,2]
                          %8 = dot_general %5, %6 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[3,2]
                          %9 = sub %0, %8 : f32[3,2]
                          %10 = cast %9 element=bf16 : bf16[3,2]
                          return %7, %9, %10
                        }
                        """);
        assertThat(narrowed.entry("step").reads()).containsExactly("w", "n", "w@bf16");
        assertThat(narrowed.entry("step").writes()).containsExactly("w", "w@bf16");
        assertThat(ProgramPrinter.print(narrowed.function(Precision.REFRESH))).isEqualTo("""
                        fn @precision.refresh(%0 "w": f32[3,2]) {
                          %1 = cast %0 element=bf16 : bf16[3,2]
                          return %1
                        }
                        """);
    }

    @Test
    void aProductThatOnlyProductsReadGivesBf16AndMovementMovesTheCast() {
        Program narrowed = inBf16(program("""
                        fn @f(%0 "x": f32[2,3], %1 "y": f32[3,4]) {
                          %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[2,4]
                          %3 = exp %1 : f32[3,4]
                          %4 = permute %3 axes=[1, 0] : f32[4,3]
                          %5 = dot_general %2, %4 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[2,3]
                          return %5
                        }
                        entry f = @f reads [] inputs ["x", "y"] outputs ["z"] writes []
                        """));

        assertThat(narrowed.stored()).isEmpty();
        assertThat(narrowed.entries()).hasSize(1);
        assertThat(ProgramPrinter.print(narrowed.function("f"))).isEqualTo("""
                        fn @f(%0 "x": f32[2,3], %1 "y": f32[3,4]) {
                          %2 = cast %0 element=bf16 : bf16[2,3]
                          %3 = cast %1 element=bf16 : bf16[3,4]
                          %4 = dot_general %2, %3 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=bf16 : bf16[2,4]
                          %5 = exp %1 : f32[3,4]
                          %6 = cast %5 element=bf16 : bf16[3,4]
                          %7 = permute %6 axes=[1,0] : bf16[4,3]
                          %8 = dot_general %4, %7 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[2,3]
                          return %8
                        }
                        """);
    }

    @Test
    void aProgramWithoutProductsStaysAsItIs() {
        Program program = program("""
                stored param "w" : f32[3]
                fn @f(%0 "w": f32[3]) {
                  %1 = exp %0 : f32[3]
                  return %1
                }
                entry f = @f reads ["w"] inputs [] outputs [] writes ["w"]
                """);

        assertThat(ProgramPrinter.print(inBf16(program))).isEqualTo(ProgramPrinter.print(program));
    }

    @Test
    void entriesOfOneFunctionStayEntries() {
        Program narrowed = inBf16(ProgramParser.parse(LINEAR
                + "entry again = @step reads [\"n\", \"w\"] inputs [\"x\", \"d\"] outputs [\"y\"] writes [\"n\"]\n"));

        assertThat(narrowed.entry("again").reads()).containsExactly("n", "w");
        assertThat(narrowed.entry("again").writes()).containsExactly("n");
    }
}
