package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import org.junit.jupiter.api.Test;

/** What goes with a contraction: views of its operands before it, arithmetic on its result after it. */
class ContractTest {

    private static final String GELU = """
            %3 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,8]
            %4 = broadcast %2 shape=[6,8] axes=[1] : f32[6,8]
            %5 = add %3, %4 : f32[6,8]
            %6 = mul %5, %5 : f32[6,8]
            %7 = mul %6, %5 : f32[6,8]
            %8 = add %5, %7 : f32[6,8]
            %9 = tanh %8 : f32[6,8]
            %10 = constant element=f32 value=1.0 : f32[]
            %11 = broadcast %10 shape=[6,8] axes=[] : f32[6,8]
            %12 = add %9, %11 : f32[6,8]
            %13 = mul %5, %12 : f32[6,8]
            """;

    @Test
    void biasAndGeluWithBothOutputsKept() {
        Graph graph = Cases.graph("%0 \"x\": f32[6,4], %1 \"w\": f32[4,8], %2 \"b\": f32[8]", GELU, "%5, %13");

        assertThat(Cases.outline(graph)).isEqualTo("contract (6|8) reads %0 %1 %2 stores %5 %13\n");
    }

    @Test
    void geluBackwardInTheGradientsEpilogue() {
        Graph graph = Cases.graph("""
                %0 "x": f32[6,4], %1 "w": f32[4,8], %2 "b": f32[8], %14 "dy": f32[6,4], %15 "v": f32[8,4]\
                """, GELU + """
                %16 = dot_general %13, %15 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,4]
                %17 = add %16, %14 : f32[6,4]
                %18 = dot_general %17, %15 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[6,8]
                %19 = mul %18, %12 : f32[6,8]
                %20 = mul %9, %9 : f32[6,8]
                %21 = sub %11, %20 : f32[6,8]
                %22 = mul %21, %5 : f32[6,8]
                %23 = mul %22, %18 : f32[6,8]
                %24 = add %19, %23 : f32[6,8]
                %25 = reduce_sum %24 axes=[0] : f32[8]
                %26 = dot_general %0, %24 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[4,8]
                """, "%25, %26");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        contract (6|8) reads %0 %1 %2 stores %5 %15
                        contract (6|4) reads %15 %4 %3 stores %17
                        contract (6|8) reads %17 %4 %2 %5 stores %24 %25
                        contract (4|8) reads %0 %24 stores %26
                        """);
    }

    @Test
    void theResidualSumBeforeANorm() {
        Graph graph = Cases.graph("""
                %0 "x": f32[6,4], %1 "w": f32[4,8], %2 "b": f32[8], %3 "r": f32[6,8]\
                """, """
                %4 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,8]
                %5 = broadcast %2 shape=[6,8] axes=[1] : f32[6,8]
                %6 = add %4, %5 : f32[6,8]
                %7 = add %3, %6 : f32[6,8]
                %8 = mul %7, %7 : f32[6,8]
                %9 = reduce_sum %8 axes=[1] : f32[6]
                %10 = broadcast %9 shape=[6,8] axes=[0] : f32[6,8]
                %11 = div %7, %10 : f32[6,8]
                """, "%7, %11");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        contract (6|8) reads %0 %1 %2 %3 stores %7
                        map (6|8) reads %7 stores %11
                        """);
    }

    @Test
    void anEpilogueThatSavesNothingIsNotMade() {
        Graph graph = Cases.graph("%0 \"x\": f32[6,4], %1 \"w\": f32[4,8]", """
                %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,8]
                %3 = tanh %2 : f32[6,8]
                %4 = reduce_sum %3 axes=[1] : f32[6]
                %5 = broadcast %4 shape=[6,8] axes=[0] : f32[6,8]
                %6 = div %3, %5 : f32[6,8]
                """, "%6");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        contract (6|8) reads %0 %1 stores %2
                        map (6|8) reads %2 stores %6
                        """);
        assertThat(Cases.why(graph, 2, 3)).contains("nothing of it is stored");
    }

    @Test
    void headsAreStridedViewsOfTheJoinedProjection() {
        Graph graph = Cases.graph("%0 \"qkv\": f32[2,5,12]", """
                %1 = slice %0 starts=[0,0,0] limits=[2,5,4] strides=[1,1,1] : f32[2,5,4]
                %2 = reshape %1 shape=[2,5,2,2] : f32[2,5,2,2]
                %3 = permute %2 axes=[0,2,1,3] : f32[2,2,5,2]
                %4 = slice %0 starts=[0,0,4] limits=[2,5,8] strides=[1,1,1] : f32[2,5,4]
                %5 = reshape %4 shape=[2,5,2,2] : f32[2,5,2,2]
                %6 = dot_general %3, %5 x_batch=[0,1] y_batch=[0,2] x_contract=[3] y_contract=[3] element=f32 : f32[2,2,5,5]
                """, "%6");

        assertThat(Cases.outline(graph)).isEqualTo("contract (2,2,5|5) reads %0 stores %6\n");
    }

    @Test
    void anOperandThatStridesCannotSayIsStoredFirst() {
        Graph graph = Cases.graph("%0 \"x\": f32[3,4], %1 \"y\": f32[12,5]", """
                %2 = permute %0 axes=[1,0] : f32[4,3]
                %3 = reshape %2 shape=[1,12] : f32[1,12]
                %4 = dot_general %3, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[1,5]
                """, "%4");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        map (1,12|) reads %0 stores %3
                        contract (1|5) reads %3 %1 stores %4
                        """);
    }

    @Test
    void aTableOpIsAloneWithWhatIsFree() {
        Graph graph = Cases.graph("%0 \"ids\": i32[6], %1 \"dy\": f32[6,4]", """
                %2 = constant element=f32 value=0.0 : f32[]
                %3 = broadcast %2 shape=[9,4] axes=[] : f32[9,4]
                %4 = neg %1 : f32[6,4]
                %5 = scatter_add %3, %0, %4 : f32[9,4]
                %6 = neg %5 : f32[9,4]
                """, "%6");

        assertThat(Cases.outline(graph)).isEqualTo("""
                        map (6,4|) reads %1 stores %4
                        table (9,4|) reads %0 %4 stores %5
                        map (9,4|) reads %5 stores %6
                        """);
        assertThat(Cases.why(graph, 5, 6)).isEqualTo("a table op is a region of its own");
    }
}
