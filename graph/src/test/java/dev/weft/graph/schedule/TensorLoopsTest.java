package dev.weft.graph.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.Graph;
import org.junit.jupiter.api.Test;

/** Maps that do one thing to many tensors become one region. */
class TensorLoopsTest {

    @Test
    void tensorsOfAnyShapeThatAreWrittenAlike() {
        Graph graph = Cases.graph("""
                %0 "a": f32[4,8], %1 "b": f32[5], %2 "da": f32[4,8], %3 "db": f32[5], %4 "lr": f32[]\
                """, """
                %5 = broadcast %4 shape=[4,8] axes=[] : f32[4,8]
                %6 = mul %2, %5 : f32[4,8]
                %7 = sub %0, %6 : f32[4,8]
                %8 = broadcast %4 shape=[5] axes=[] : f32[5]
                %9 = mul %3, %8 : f32[5]
                %10 = sub %1, %9 : f32[5]
                """, "%7, %10");

        Schedule schedule = Schedule.of(graph, FusionModel.STANDARD);

        assertThat(Cases.outline(schedule)).isEqualTo("map (37|) reads %0 %2 %4 %1 %3 stores %7 %10\n");
        assertThat(schedule.regions().getFirst().parts()).hasSize(2);
        assertThat(ScheduleText.parse(ScheduleText.print(schedule), graph)).isEqualTo(schedule);
    }

    @Test
    void sumsOfSquaresAndWhatTheirSumScales() {
        Graph graph = Cases.graph("%0 \"a\": f32[4,8], %1 \"b\": f32[5]", """
                %2 = mul %0, %0 : f32[4,8]
                %3 = reduce_sum %2 axes=[0,1] : f32[]
                %4 = mul %1, %1 : f32[5]
                %5 = reduce_sum %4 axes=[0] : f32[]
                %6 = add %3, %5 : f32[]
                %7 = broadcast %6 shape=[4,8] axes=[] : f32[4,8]
                %8 = div %0, %7 : f32[4,8]
                %9 = broadcast %6 shape=[5] axes=[] : f32[5]
                %10 = div %1, %9 : f32[5]
                """, "%8, %10");

        assertThat(Cases.outline(graph)).isEqualTo("""
                map (37|) reads %0 %1 stores %3 %5
                map (37|) reads %0 %3 %5 %1 stores %8 %10
                """);
    }

    @Test
    void theOrderOfOperandsAndOfResultsMakesNoDifference() {
        Graph graph = Cases.graph(
                "%0 \"a\": f32[4], %1 \"b\": f32[5], %2 \"da\": f32[4], %3 \"db\": f32[5]", """
                %4 = tanh %2 : f32[4]
                %5 = add %0, %4 : f32[4]
                %6 = exp %5 : f32[4]
                %7 = tanh %3 : f32[5]
                %8 = add %7, %1 : f32[5]
                %9 = exp %8 : f32[5]
                """, "%5, %6, %9, %8");

        assertThat(Schedule.of(graph, FusionModel.STANDARD).regions()).hasSize(1);
    }

    @Test
    void notWhereOneNeedsTheOther() {
        Graph graph = Cases.graph("%0 \"a\": f32[4], %1 \"b\": f32[5]", """
                %2 = mul %0, %0 : f32[4]
                %3 = reduce_sum %2 axes=[0] : f32[]
                %4 = broadcast %3 shape=[5] axes=[] : f32[5]
                %5 = add %1, %4 : f32[5]
                %6 = mul %5, %5 : f32[5]
                %7 = reduce_sum %6 axes=[0] : f32[]
                """, "%3, %7");

        assertThat(Schedule.of(graph, FusionModel.STANDARD).regions())
                .allMatch(region -> region.parts().isEmpty());
    }

    @Test
    void notWhereATensorWouldBeKeptLonger() {
        Graph graph = Cases.graph("%0 \"a\": f32[8,8], %1 \"b\": f32[8,8], %2 \"i\": i32[3]", """
                %3 = gather %0, %2 : f32[3,8]
                %4 = mul %3, %3 : f32[3,8]
                %5 = reduce_sum %4 axes=[0,1] : f32[]
                %6 = gather %1, %2 : f32[3,8]
                %7 = mul %6, %6 : f32[3,8]
                %8 = reduce_sum %7 axes=[0,1] : f32[]
                """, "%5, %8");

        assertThat(Schedule.of(graph, FusionModel.STANDARD).regions())
                .hasSize(4)
                .allMatch(region -> region.parts().isEmpty());
    }

    @Test
    void notWhereAnElementAsksWhereItIs() {
        Graph graph = Cases.graph("%0 \"a\": f32[4], %1 \"b\": f32[5]", """
                %2 = iota shape=[4] axis=0 element=f32 : f32[4]
                %3 = add %0, %2 : f32[4]
                %4 = iota shape=[5] axis=0 element=f32 : f32[5]
                %5 = add %1, %4 : f32[5]
                """, "%3, %5");

        assertThat(Schedule.of(graph, FusionModel.STANDARD).regions()).hasSize(2);
    }
}
