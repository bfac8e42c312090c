package dev.weft.graph.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Graph;
import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Origin;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Pad;
import dev.weft.graph.op.Random;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramTextTest {

    private static final String PROGRAM = """
            program ops=1
            stored param "blocks.0.weight" : f32[2,3]
            stored state "count" : i32[]
            fn @layer(%0 "x": f32[4:B,2], %1 "w": f32[2,3]) {
              %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[4:B,3]
              return %2
            }
            fn @"step one"(%0 "blocks.0.weight": f32[2,3], %1 "count": i32[], %2 "x": f32[4:B,2]) {
              %3 = call %2, %0 function="layer" result=0 path="blocks.0" : f32[4:B,3]
              %4 = constant element=f32 value=-inf : f32[]
              %5 = broadcast %4 shape=[4:B,3] axes=[] : f32[4:B,3]
              %6 = max %3, %5 : f32[4:B,3]
              %7 = random %1, %1 stream="drop \\"it\\"" shape=[4,3] : f32[4,3]
              %8 = concat %6, %7, %6 axis=1 : f32[4:B,9]
              %9 = slice %8 starts=[0,1] limits=[4,9] strides=[1,2] : f32[4:B,4]
              return %9, %0, %1
            }
            entry step = @"step one" reads ["blocks.0.weight", "count"] inputs ["x"] outputs ["y"] writes ["blocks.0.weight", "count"]
            """;

    @Test
    void whatIsPrintedIsReadBack() {
        assertThat(ProgramPrinter.print(ProgramParser.parse(PROGRAM))).isEqualTo(PROGRAM);
    }

    @Test
    void everyAttributeSurvives() {
        GraphBuilder builder = new GraphBuilder("f");
        Value x = builder.parameter("x", TensorType.of(ElementType.F32, 3, 4));
        Value seed = builder.parameter("seed", TensorType.scalar(ElementType.I32));
        Value padded = builder.add(new Pad(x, List.of(1L, 0L), List.of(0L, 2L), List.of(1L, 0L), -0.0));
        Value product = builder.add(
                new DotGeneral(padded, padded, List.of(0), List.of(0), List.of(1), List.of(1), ElementType.F32));
        Value noise = builder.add(new Random(seed, seed, "a/b", new Shape(List.of(new Dim(6, "T + 1")))));
        Graph graph = builder.build(List.of(builder.add(new Add(product, noise))));

        String text = ProgramPrinter.print(graph);

        assertThat(text).contains("fill=-0.0").contains("6:\"T + 1\"");
        assertThat(ProgramPrinter.print(ProgramParser.parseGraph(text))).isEqualTo(text);
    }

    @Test
    void originsFollowTheValueAndAreNoPartOfIt() {
        GraphBuilder builder = new GraphBuilder("f");
        Value x = builder.parameter("x", TensorType.of(ElementType.F32, 3));
        builder.at(new Origin("gpt.weft:12:5", "blocks.0"));
        Graph graph = builder.build(List.of(builder.add(new Add(x, x))));

        String shown = new ProgramPrinter(ProgramPrinter.Origins.SHOWN).text(graph);

        assertThat(shown).contains("add %0, %0 : f32[3]  // gpt.weft:12:5 blocks.0");
        assertThat(ProgramPrinter.print(ProgramParser.parseGraph(shown))).isEqualTo(ProgramPrinter.print(graph));
    }

    @Test
    void whatIsNoProgramIsRefusedWithItsLine() {
        assertThatThrownBy(() -> ProgramParser.parse(PROGRAM.replace("max %3, %5", "max %3, %77")))
                .isInstanceOf(UserException.class)
                .hasMessage("line 12: %77 must be defined before it is used");
        assertThatThrownBy(() -> ProgramParser.parse(PROGRAM.replace("max %3", "mux %3")))
                .hasMessageStartingWith("line 12: op must be one of [abs, add,");
        assertThatThrownBy(() -> ProgramParser.parse(PROGRAM.replace("%5 : f32[4:B,3]", "%5 : f32[4,4]")))
                .hasMessage("line 12: %6 must be f32[4:B,3], is written as f32[4,4]");
        assertThatThrownBy(() -> ProgramParser.parse(PROGRAM.replace("limits=[4,9]", "limits=[4,10]")))
                .hasMessageStartingWith("line 15: slice: axis 1 of f32[4:B,9] has no window");
        assertThatThrownBy(() -> ProgramParser.parse("program ops=2")).hasMessage("line 1: op set must be 1, got 2");
        assertThatThrownBy(() -> ProgramParser.parse(PROGRAM.replace("[\"y\"]", "[]")))
                .hasMessageContaining("must take 3 parameters and give 2 results, got 3 and 3");
    }
}
