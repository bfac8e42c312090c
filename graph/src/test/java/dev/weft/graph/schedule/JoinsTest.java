package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import org.junit.jupiter.api.Test;

/** What a region computes where a concat asks for it, and what is stored instead. */
class JoinsTest {

    private static final FusionModel MODEL = FusionModel.STANDARD.withJoins();

    private static final String ROTATION = """
            %2 = slice %0 starts=[0,0] limits=[4,3] strides=[1,1] : f32[4,3]
            %3 = slice %0 starts=[0,3] limits=[4,6] strides=[1,1] : f32[4,3]
            %4 = mul %2, %1 : f32[4,3]
            %5 = mul %3, %1 : f32[4,3]
            %6 = sub %4, %3 : f32[4,3]
            %7 = add %5, %2 : f32[4,3]
            %8 = concat %6, %7 axis=1 : f32[4,6]
            """;

    private static String outline(Graph graph) {
        return Cases.outline(Schedule.of(graph, MODEL));
    }

    @Test
    void halvesThatTurnTogetherAreOneRegion() {
        Graph graph = Cases.graph("%0 \"x\": f32[4,6], %1 \"cos\": f32[4,3]", ROTATION, "%8");

        assertThat(outline(graph)).isEqualTo("map (4,6|) reads %0 %1 stores %8\n");
        assertThat(Schedule.of(graph, FusionModel.STANDARD).regions()).hasSize(2);
    }

    @Test
    void whatIsMovedBehindTheConcatIsOneRegionWithIt() {
        Graph graph =
                Cases.graph("%0 \"x\": f32[4,6], %1 \"cos\": f32[4,3], %9 \"w\": f32[4,2]", ROTATION + """
                        %10 = permute %8 axes=[1,0] : f32[6,4]
                        %11 = reshape %10 shape=[2,3,4] : f32[2,3,4]
                        %12 = permute %11 axes=[1,0,2] : f32[3,2,4]
                        %13 = reshape %12 shape=[6,4] : f32[6,4]
                        %14 = dot_general %13, %9 x_batch=[] y_batch=[] x_contract=[1] y_contract=[0] element=f32 : f32[6,2]
                        """, "%14");

        assertThat(Schedule.of(graph, MODEL).regions()).hasSize(2);
    }

    @Test
    void aPartThatSomebodyElseReadsIsStored() {
        Graph graph = Cases.graph("%0 \"x\": f32[4,6], %1 \"cos\": f32[4,3]", ROTATION, "%8, %7");

        assertThat(outline(graph)).isEqualTo("""
                map (4,3|) reads %0 %1 stores %7
                map (4,6|) reads %0 %1 %7 stores %8
                """);
    }

    /** The exponential's own region would have to store it. */
    @Test
    void aPartThatEndsALongerComputationIsStored() {
        Graph graph = Cases.graph("%0 \"x\": f32[4,3], %1 \"y\": f32[4,3]", """
                %2 = exp %0 : f32[4,3]
                %3 = add %2, %1 : f32[4,3]
                %4 = concat %3, %1 axis=1 : f32[4,6]
                """, "%4");

        assertThat(outline(graph)).isEqualTo("""
                map (4,3|) reads %0 %1 stores %3
                map (4,6|) reads %3 %1 stores %4
                """);
    }

    @Test
    void aBackendThatAsksForNoJoinsGetsNone() {
        assertThat(FusionModel.STANDARD.joins()).isFalse();
        assertThat(FusionModel.NONE.joins()).isFalse();
    }
}
