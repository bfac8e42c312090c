package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import org.junit.jupiter.api.Test;

/** Products, what is computed of their rows, and products of that: one region, in which nothing of all elements is stored. */
class StreamFusionTest {

    private static final FusionModel MODEL = FusionModel.STANDARD.withStreams(FusionModel.Streams.STANDARD);

    private static final String PARAMETERS = "%0 \"q\": f32[2,16,8], %1 \"k\": f32[2,24,8], %2 \"v\": f32[2,24,4]";

    private static final String SOFTMAX = """
            %3 = dot_general %0, %1 x_batch=[0] y_batch=[0] x_contract=[2] y_contract=[2] element=f32 : f32[2,16,24]
            %4 = reduce_max %3 axes=[2] : f32[2,16]
            %5 = broadcast %4 shape=[2,16,24] axes=[0,1] : f32[2,16,24]
            %6 = sub %3, %5 : f32[2,16,24]
            %7 = exp %6 : f32[2,16,24]
            %8 = reduce_sum %7 axes=[2] : f32[2,16]
            %9 = broadcast %8 shape=[2,16,24] axes=[0,1] : f32[2,16,24]
            %10 = div %7, %9 : f32[2,16,24]
            """;

    private static final String MIXED = SOFTMAX + """
            %11 = dot_general %10, %2 x_batch=[0] y_batch=[0] x_contract=[2] y_contract=[1] element=f32 : f32[2,16,4]
            """;

    private static String outline(Graph graph) {
        Schedule schedule = Schedule.of(graph, MODEL);
        assertThat(ScheduleText.parse(ScheduleText.print(schedule), graph)).isEqualTo(schedule);
        return Cases.outline(schedule);
    }

    @Test
    void attentionIsOneRegion() {
        Graph graph = Cases.graph(PARAMETERS, MIXED, "%11");

        assertThat(outline(graph)).isEqualTo("stream (2,16|24) reads %0 %1 %2 stores %11\n");
    }

    @Test
    void theResultIsWrittenWhereItWouldBeMoved() {
        Graph graph = Cases.graph(PARAMETERS, MIXED + """
                %12 = permute %11 axes=[1,0,2] : f32[16,2,4]
                %13 = reshape %12 shape=[16,8] : f32[16,8]
                """, "%13");

        assertThat(outline(graph)).isEqualTo("stream (2,16|24) reads %0 %1 %2 stores %13\n");
        StreamLayout layout =
                StreamLayout.of(Schedule.of(graph, MODEL).regions().getFirst());
        assertThat(layout.backs().getFirst().target().outer()).containsExactly(4L, 8L);
        assertThat(layout.backs().getFirst().target().own()).isEqualTo(1);
    }

    @Test
    void backwardComputesTheWeightsAgain() {
        Graph graph = Cases.graph(PARAMETERS, MIXED + """
                %12 = mul %11, %11 : f32[2,16,4]
                %13 = dot_general %12, %2 x_batch=[0] y_batch=[0] x_contract=[2] y_contract=[2] element=f32 : f32[2,16,24]
                %14 = mul %10, %13 : f32[2,16,24]
                %15 = reduce_sum %14 axes=[2] : f32[2,16]
                %16 = broadcast %15 shape=[2,16,24] axes=[0,1] : f32[2,16,24]
                %17 = sub %13, %16 : f32[2,16,24]
                %18 = mul %10, %17 : f32[2,16,24]
                %19 = dot_general %18, %1 x_batch=[0] y_batch=[0] x_contract=[2] y_contract=[1] element=f32 : f32[2,16,8]
                %20 = dot_general %18, %0 x_batch=[0] y_batch=[0] x_contract=[1] y_contract=[1] element=f32 : f32[2,24,8]
                %21 = dot_general %10, %12 x_batch=[0] y_batch=[0] x_contract=[1] y_contract=[1] element=f32 : f32[2,24,4]
                """, "%11, %19, %20, %21");

        assertThat(outline(graph)).isEqualTo("""
                        stream (2,16|24) reads %0 %1 %2 stores %4 %8 %11
                        map (2,16,4|) reads %11 stores %12
                        stream (2,16|24) reads %0 %1 %4 %8 %12 %2 stores %19 %20 %21
                        """);
    }

    @Test
    void weightsThatAreAResultAreStored() {
        Graph graph = Cases.graph(PARAMETERS, MIXED, "%10, %11");

        assertThat(outline(graph)).doesNotContain("stream");
    }

    @Test
    void aBackendWithoutStreamsGetsNone() {
        Graph graph = Cases.graph(PARAMETERS, MIXED, "%11");

        assertThat(Cases.outline(graph)).doesNotContain("stream");
    }

    @Test
    void fewRowsHaveNoPanels() {
        Graph graph = Cases.graph("%0 \"q\": f32[2,4,8], %1 \"k\": f32[2,24,8], %2 \"v\": f32[2,24,4]", """
                %3 = dot_general %0, %1 x_batch=[0] y_batch=[0] x_contract=[2] y_contract=[2] element=f32 : f32[2,4,24]
                %4 = exp %3 : f32[2,4,24]
                %5 = dot_general %4, %2 x_batch=[0] y_batch=[0] x_contract=[2] y_contract=[1] element=f32 : f32[2,4,4]
                """, "%5");

        assertThat(outline(graph)).doesNotContain("stream");
    }

    /** Nothing may add to one tensor from two threads, and one thread alone would be slower than products by themselves. */
    @Test
    void sumsOverAllRowsOfOneMatrixStayApart() {
        Graph graph = Cases.graph("%0 \"x\": f32[16,8], %1 \"w\": f32[24,8]", """
                %2 = dot_general %0, %1 x_batch=[] y_batch=[] x_contract=[1] y_contract=[1] element=f32 : f32[16,24]
                %3 = exp %2 : f32[16,24]
                %4 = dot_general %3, %0 x_batch=[] y_batch=[] x_contract=[0] y_contract=[0] element=f32 : f32[24,8]
                """, "%4");

        assertThat(outline(graph)).doesNotContain("stream");
    }
}
