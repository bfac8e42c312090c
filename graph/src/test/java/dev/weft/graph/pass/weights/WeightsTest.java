package dev.weft.graph.pass.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.graph.op.Primitive;
import dev.weft.graph.text.ProgramParser;
import dev.weft.graph.text.ProgramPrinter;
import dev.weft.graph.verify.Verifier;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightsTest {

    private static final String TIED = """
            stored param "head" : f32[5,4]
            stored param "up" : f32[4,130]
            stored param "bias" : f32[130]
            fn @next(%0 "head": f32[5,4], %1 "up": f32[4,130], %2 "bias": f32[130], %3 "ids": i32[3]) {
              %4 = gather %0, %3 : f32[3,4]
              %5 = dot_general %4, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[3,130]
              %6 = broadcast %2 shape=[3,130] axes=[1] : f32[3,130]
              %7 = add %5, %6 : f32[3,130]
              %8 = dot_general %4, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,5]
              return %7, %8
            }
            entry next = @next reads ["head", "up", "bias"] inputs ["ids"] outputs ["y", "logits"] writes []
            """;

    private static Program program(String text) {
        return ProgramParser.parse("program ops=" + Primitive.VERSION + "\n" + text);
    }

    private static Program held(WeightType type, String text) {
        Program held = new Weights(type).apply(program(text));
        Verifier.verify(held, "weights", List.of());
        assertThat(ProgramPrinter.print(ProgramParser.parse(ProgramPrinter.print(held))))
                .isEqualTo(ProgramPrinter.print(held));
        return held;
    }

    @Test
    void aTiedTableIsStoredOnceAndALinearLayerIsTransposed() {
        Program held = held(WeightType.INT8, TIED);

        assertThat(ProgramPrinter.print(held)).isEqualTo(("program ops=" + Primitive.VERSION + """

                stored weight "head@i8" : i8[5,4]
                stored weight "head@scale" : f32[5,1]
                stored weight "up@i8.T" : i8[130,4]
                stored weight "up@scale" : f32[130,1]
                stored param "bias" : f32[130]
                fn @next(%0 "head@i8": i8[5,4], %1 "head@scale": f32[5,1], %2 "up@i8.T": i8[130,4], %3 "up@scale": f32[130,1], %4 "bias": f32[130], %5 "ids": i32[3]) {
                  %6 = gather %0, %5 : i8[3,4]
                  %7 = gather %1, %5 : f32[3,1]
                  %8 = cast %6 element=f32 : f32[3,4]
                  %9 = broadcast %7 shape=[3,1,4] axes=[0,1] : f32[3,1,4]
                  %10 = reshape %9 shape=[3,4] : f32[3,4]
                  %11 = mul %8, %10 : f32[3,4]
                  %12 = cast %2 element=f32 : f32[130,4]
                  %13 = broadcast %3 shape=[130,1,4] axes=[0,1] : f32[130,1,4]
                  %14 = reshape %13 shape=[130,4] : f32[130,4]
                  %15 = mul %12, %14 : f32[130,4]
                  %16 = dot_general %11, %15 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,130]
                  %17 = broadcast %4 shape=[3,130] axes=[1] : f32[3,130]
                  %18 = add %16, %17 : f32[3,130]
                  %19 = cast %0 element=f32 : f32[5,4]
                  %20 = broadcast %1 shape=[5,1,4] axes=[0,1] : f32[5,1,4]
                  %21 = reshape %20 shape=[5,4] : f32[5,4]
                  %22 = mul %19, %21 : f32[5,4]
                  %23 = dot_general %11, %22 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[3,5]
                  return %18, %23
                }
                entry next = @next reads ["head@i8", "head@scale", "up@i8.T", "up@scale", "bias"] inputs ["ids"] outputs ["y", "logits"] writes []
                """));
        assertThat(new Weights(WeightType.INT8).reasons(program(TIED)))
                .hasSize(1)
                .containsEntry("bias", "it is no matrix in f32 but f32[130]");
    }

    @Test
    void aLastGroupThatIsShortIsCutOff() {
        Program held = held(WeightType.INT8, """
                stored param "w" : f32[3,130]
                fn @f(%0 "w": f32[3,130], %1 "x": f32[2,130]) {
                  %2 = dot_general %1, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[2,3]
                  return %2
                }
                entry f = @f reads ["w"] inputs ["x"] outputs ["y"] writes []
                """);
        assertThat(held.stored("w@scale").type().toString()).isEqualTo("f32[3,3]");
        assertThat(ProgramPrinter.print(held))
                .contains("broadcast %1 shape=[3,3,64] axes=[0,1] : f32[3,3,64]")
                .contains(": f32[3,192]")
                .contains("limits=[3,130]");
    }

    @Test
    void bf16HasNoScales() {
        Program held = held(WeightType.BF16, TIED);
        assertThat(held.stored().stream().map(Stored::name)).containsExactly("head@bf16", "up@bf16.T", "bias");
        assertThat(HeldMatrix.of(held.stored("up@bf16.T"))).hasValueSatisfying(matrix -> {
            assertThat(matrix.param()).isEqualTo("up");
            assertThat(matrix.isTransposed()).isTrue();
            assertThat(matrix.paramType().toString()).isEqualTo("f32[4,130]");
        });
    }

    @Test
    void whatIsReadInAnotherWayStaysAndSaysWhy() {
        String text = """
                stored param "twice" : f32[8,8]
                stored param "added" : f32[8,8]
                stored param "thin" : f32[8,1]
                stored param "columns" : f32[8,8]
                stored param "idle" : f32[8,8]
                fn @f(%0 "twice": f32[8,8], %1 "added": f32[8,8], %2 "thin": f32[8,1], %3 "columns": f32[8,8], %4 "x": f32[8,8], %5 "ids": i32[2]) {
                  %6 = dot_general %4, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8,8]
                  %7 = dot_general %6, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[8,8]
                  %8 = add %7, %1 : f32[8,8]
                  %9 = gather %2, %5 : f32[2,1]
                  %10 = dot_general %8, %3 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[8,8]
                  %11 = gather %3, %5 : f32[2,8]
                  return %9, %10, %11
                }
                entry f = @f reads ["twice", "added", "thin", "columns"] inputs ["x", "ids"] outputs ["a", "b", "c"] writes []
                """;
        assertThat(new Weights(WeightType.INT8).reasons(program(text)))
                .containsEntry("twice", "products sum over both of its axes")
                .containsEntry("added", "it is read by add")
                .containsEntry("thin", "it would take 40 bytes in place of 32")
                .containsEntry("columns", "products sum over the axis in which rows are looked up")
                .containsEntry("idle", "no entry reads it")
                .hasSize(5);
        assertThat(held(WeightType.INT8, text).stored()).hasSize(5);
    }

    @Test
    void anEntryThatTrainsIsRefusedAndOneThatInitializesIsLeftOut() {
        String init = """
                stored param "w" : f32[3,3]
                fn @init(%0 "seed": i32[]) {
                  %1 = constant element=f32 value=0x0p0 : f32[]
                  %2 = broadcast %1 shape=[3,3] axes=[] : f32[3,3]
                  return %2
                }
                fn @f(%0 "w": f32[3,3], %1 "x": f32[2,3]) {
                  %2 = dot_general %1, %0 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[2,3]
                  return %2
                }
                entry init = @init reads [] inputs ["seed"] outputs [] writes ["w"]
                entry f = @f reads ["w"] inputs ["x"] outputs ["y"] writes []
                """;
        assertThat(held(WeightType.INT8, init).entries()).singleElement().satisfies(entry -> assertThat(entry.name())
                .isEqualTo("f"));
        assertThatThrownBy(() -> held(WeightType.INT8, """
                        stored param "w" : f32[3,3]
                        fn @step(%0 "w": f32[3,3]) {
                          %1 = add %0, %0 : f32[3,3]
                          return %1
                        }
                        entry step = @step reads ["w"] inputs [] outputs [] writes ["w"]
                        """))
                .isInstanceOf(UserException.class)
                .hasMessage("weights int8: must only be read, but entry step writes w; training keeps weights in f32");
    }

    @Test
    void f32ChangesNothingAndAnotherNameIsRefused() {
        Program program = program(TIED);
        assertThat(new Weights(WeightType.F32).apply(program)).isSameAs(program);
        assertThatThrownBy(() -> WeightType.parse("int4"))
                .isInstanceOf(UserException.class)
                .hasMessage("weights: must be one of f32, bf16, int8, got int4");
    }
}
